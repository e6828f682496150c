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
