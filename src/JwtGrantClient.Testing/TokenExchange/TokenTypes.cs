namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>The names of token types (RFC 8693 section 3), and what the server does with each.</summary>
internal static class TokenTypes
{
    private const string Prefix = "urn:ietf:params:oauth:token-type:";

    public const string AccessToken = Prefix + "access_token", RefreshToken = Prefix + "refresh_token", IdToken = Prefix + "id_token",
        Jwt = Prefix + "jwt";

    /// <summary>Those that may be presented as subject or actor.</summary>
    public static readonly IReadOnlyList<string> Presentable = [AccessToken, Jwt, IdToken];

    /// <summary>Those that may be asked for.</summary>
    public static readonly IReadOnlyList<string> Issuable = [AccessToken, RefreshToken, Jwt, IdToken];
}
