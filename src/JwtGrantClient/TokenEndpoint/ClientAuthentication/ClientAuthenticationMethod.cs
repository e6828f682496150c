namespace JwtGrantClient;

/// <summary>How a client authenticates at the token endpoint.</summary>
public enum ClientAuthenticationMethod
{
    /// <summary>No client authentication: the grant is sufficient (RFC 7523 section 3.1).</summary>
    None,

    /// <summary>A signed JWT (RFC 7523 section 2.2; <c>private_key_jwt</c> in OpenID Connect Core section 9).</summary>
    PrivateKeyJwt,

    /// <summary>A secret in the Authorization header (<c>client_secret_basic</c>, RFC 6749 section 2.3.1).</summary>
    ClientSecretBasic,

    /// <summary>
    /// A secret in the form (<c>client_secret_post</c>, RFC 6749 section 2.3.1), for servers that do not support the header.
    /// </summary>
    ClientSecretPost,

    /// <summary>A signed JWT as the client secret, cached for most of its lifetime, as Sign in with Apple requires.</summary>
    JwtAsClientSecret,

    /// <summary>The client certificate of the connection (RFC 8705 section 2).</summary>
    MutualTls,
}
