namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>The token type identifiers (RFC 8693 section 3) that the server supports.</summary>
internal static class TokenTypes
{
    private const string Prefix = "urn:ietf:params:oauth:token-type:";

    public const string AccessToken = Prefix + "access_token", RefreshToken = Prefix + "refresh_token", IdToken = Prefix + "id_token",
        Jwt = Prefix + "jwt", Saml2 = Prefix + "saml2", IdJag = Prefix + "id-jag", TransactionToken = Prefix + "txn_token";

    /// <summary>The types that the server accepts as subject token or actor token.</summary>
    public static readonly IReadOnlyList<string> Accepted = [AccessToken, Jwt, IdToken];

    /// <summary>The types that a client may request.</summary>
    public static readonly IReadOnlyList<string> Issuable = [AccessToken, RefreshToken, Jwt, IdToken, IdJag, TransactionToken];

    /// <summary>The types of subject tokens for an ID-JAG: those that assert who the user is.</summary>
    public static readonly IReadOnlyList<string> IdentityAssertions = [IdToken, Saml2, RefreshToken];
}
