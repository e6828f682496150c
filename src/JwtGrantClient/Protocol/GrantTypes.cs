namespace JwtGrantClient.Protocol;

/// <summary>Values of <c>grant_type</c>, as servers list them in their metadata.</summary>
internal static class GrantTypes
{
    /// <summary>RFC 7523 section 2.1.</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>RFC 7522 section 2.1.</summary>
    public const string Saml2Bearer = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    /// <summary>RFC 8693 section 2.1.</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>RFC 6749 section 4.4.2.</summary>
    public const string ClientCredentials = "client_credentials";

    /// <summary>RFC 6749 section 4.1.3.</summary>
    public const string AuthorizationCode = "authorization_code";

    /// <summary>RFC 6749 section 6.</summary>
    public const string RefreshToken = "refresh_token";
}
