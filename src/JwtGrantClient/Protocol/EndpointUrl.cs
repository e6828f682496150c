using System.Net;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Where a request may go: https, or http to this machine by opt-in. The text stays as it was configured; only the Uri that is
/// connected to is made from it.
/// </summary>
internal static class EndpointUrl
{
    /// <summary>What is wrong with the address, or null where nothing is.</summary>
    public static string? Problem(string address, bool allowLoopbackHttp)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return $"'{address}' is not an absolute URL; expected something like https://as.example.com/token";
        if (uri.UserInfo.Length > 0)
            return $"has a user name or password before its host '{uri.Host}'; take it off";
        if (address.Contains('#', StringComparison.Ordinal))
            return $"'{address}' has a fragment; remove everything from # (RFC 6749 section 3.2)";
        if (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && allowLoopbackHttp && IsLoopback(uri)))
            return null;
        return uri.Scheme == Uri.UriSchemeHttp && IsLoopback(uri)
            ? $"'{address}' is http; use https, or set AllowLoopbackHttp to true for a server on this machine"
            : $"'{address}' has the scheme '{uri.Scheme}'; assertions and tokens go over https only (RFC 6749 section 3.2)";
    }

    /// <summary>127.0.0.1, ::1 and localhost: the three that never leave the machine.</summary>
    public static bool IsLoopback(Uri uri) =>
        uri.Host is "localhost" || (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && (ip.Equals(IPAddress.Loopback) || ip.Equals(IPAddress.IPv6Loopback)));
}
