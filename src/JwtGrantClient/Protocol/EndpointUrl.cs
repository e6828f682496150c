using System.Net;

namespace JwtGrantClient.Protocol;

/// <summary>
/// The rules for the URL of an endpoint: https, or http to this machine if it is allowed. The configured text is never normalized: issuers
/// and audiences are compared byte for byte (RFC 7523 section 3).
/// </summary>
internal static class EndpointUrl
{
    /// <summary>Returns a description of what is wrong with a URL, or null if the URL is valid.</summary>
    /// <param name="address">The URL.</param>
    /// <param name="allowLoopbackHttp">Whether http is allowed to this machine.</param>
    /// <param name="example">A valid URL for the same setting.</param>
    /// <param name="setting">The name of the setting that allows http to this machine.</param>
    public static string? Problem(
        string address, bool allowLoopbackHttp, string example = "https://as.example.com/token", string setting = "AllowLoopbackHttp")
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return $"{SettingText.QuoteUrl(address)} is not an absolute URL; expected something like {example}";
        if (uri.UserInfo.Length > 0)
            return $"has a user name or password before its host {SettingText.Quote(uri.Host)}; remove it";
        if (address.Contains('#', StringComparison.Ordinal))
            return $"{SettingText.QuoteUrl(address)} has a fragment; remove everything from # (RFC 6749 section 3.2)";
        if (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && allowLoopbackHttp && IsLoopback(uri)))
            return null;
        return uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri)
            ? $"{SettingText.QuoteUrl(address)} is http; use https, or set {setting} to true for a server on this machine"
            : $"{SettingText.QuoteUrl(address)} has the scheme {SettingText.QuoteChoice(uri.Scheme)}; assertions and tokens are sent over https only (RFC 6749 section 3.2)";
    }

    /// <summary>Returns whether the host is 127.0.0.1, ::1 or localhost, which are on this machine.</summary>
    public static bool IsLoopback(Uri uri) =>
        uri.Host is "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && (ip.Equals(IPAddress.Loopback) || ip.Equals(IPAddress.IPv6Loopback)));
}
