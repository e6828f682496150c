namespace JwtGrantClient.Protocol;

/// <summary>The values of <c>grant_type</c>. Server metadata lists the same values (RFC 8414 section 2).</summary>
internal static class GrantTypes
{
    /// <summary>A JWT bearer assertion (RFC 7523 section 2.1).</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>A SAML 2.0 bearer assertion (RFC 7522 section 2.1).</summary>
    public const string Saml2Bearer = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    /// <summary>A token exchange (RFC 8693 section 2.1).</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>Client credentials (RFC 6749 section 4.4.2).</summary>
    public const string ClientCredentials = "client_credentials";

    /// <summary>An authorization code (RFC 6749 section 4.1.3).</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>A refresh token (RFC 6749 section 6).</summary>
    public const string RefreshToken = "refresh_token";
}
