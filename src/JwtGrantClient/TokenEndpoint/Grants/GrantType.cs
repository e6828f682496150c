namespace JwtGrantClient;

/// <summary>The grant by which a client obtains the tokens that it keeps.</summary>
public enum GrantType
{
    /// <summary>A signed JWT is the grant (RFC 7523 section 2.1).</summary>
    JwtBearer,

    /// <summary>The client's own authentication is the grant (RFC 6749 section 4.4).</summary>
    ClientCredentials,

    /// <summary>A token from elsewhere is exchanged (RFC 8693); see <see cref="TokenExchangeOptions"/>.</summary>
    TokenExchange,

    /// <summary>A SAML 2.0 assertion is the grant (RFC 7522); it comes from a provider given by code.</summary>
    Saml2Bearer,
}

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
