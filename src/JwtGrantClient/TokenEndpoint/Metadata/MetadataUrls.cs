namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Builds the addresses of an issuer's metadata. It works on text, because System.Uri would normalize the issuer.
/// </summary>
internal static class MetadataUrls
{
    /// <summary>
    /// Returns the addresses in the order in which they are tried. RFC 8414 section 3.1 inserts the well-known path before the path of the issuer,
    /// OpenID Connect Discovery section 4 appends it. Both omit a trailing slash.
    /// </summary>
    public static IReadOnlyList<string> Addresses(string issuer)
    {
        var trimmed = issuer.EndsWith('/') ? issuer[..^1] : issuer;
        var path = trimmed.IndexOf('/', trimmed.IndexOf("://", StringComparison.Ordinal) + 3);
        var (origin, rest) = path < 0 ? (trimmed, "") : (trimmed[..path], trimmed[path..]);
        return [$"{origin}/.well-known/oauth-authorization-server{rest}", $"{trimmed}/.well-known/openid-configuration"];
    }
}
