namespace JwtGrantClient;

/// <summary>How a client authenticates at the token endpoint.</summary>
public enum ClientAuthenticationMethod
{
    /// <summary>Not at all: the grant speaks for itself (RFC 7523 section 3.1).</summary>
    None,

    /// <summary>By a signed JWT (RFC 7523 section 2.2; <c>private_key_jwt</c> in OpenID Connect Core section 9).</summary>
    PrivateKeyJwt,

    /// <summary>By a secret in the Authorization header (<c>client_secret_basic</c>, RFC 6749 section 2.3.1).</summary>
    ClientSecretBasic,

    /// <summary>
    /// By a secret in the form (<c>client_secret_post</c>, RFC 6749 section 2.3.1), for servers that take it no other way.
    /// </summary>
    ClientSecretPost,

    /// <summary>By a signed JWT in the place of the client secret, kept for most of its life: Sign in with Apple.</summary>
    JwtAsClientSecret,

    /// <summary>By the certificate of the connection (RFC 8705 section 2).</summary>
    MutualTls,
}
