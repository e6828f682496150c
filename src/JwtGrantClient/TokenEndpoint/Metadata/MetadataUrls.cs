namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Where an issuer's metadata is. Cut and joined as text: an issuer never passes through System.Uri, which would rewrite it (C07).
/// </summary>
internal static class MetadataUrls
{
    /// <summary>
    /// RFC 8414 section 3.1 inserts before the path; OpenID Connect Discovery section 4 appends. A last slash is left out of both.
    /// </summary>
    public static IReadOnlyList<string> Addresses(string issuer)
    {
        var trimmed = issuer.EndsWith('/') ? issuer[..^1] : issuer;
        var path = trimmed.IndexOf('/', trimmed.IndexOf("://", StringComparison.Ordinal) + 3);
        var (origin, rest) = path < 0 ? (trimmed, "") : (trimmed[..path], trimmed[path..]);
        return [$"{origin}/.well-known/oauth-authorization-server{rest}", $"{trimmed}/.well-known/openid-configuration"];
    }
}
