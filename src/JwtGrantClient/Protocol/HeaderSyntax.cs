using System.Buffers;

namespace JwtGrantClient.Protocol;

/// <summary>The syntax of header fields (RFC 9110 section 5).</summary>
internal static class HeaderSyntax
{
    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Returns whether a text is a token (RFC 9110 section 5.6.2), as the name of a header and an authentication scheme are. The empty text is one here.</summary>
    public static bool IsToken(string text) => !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    /// <summary>
    /// Returns whether a request may have the header: headers of the content are not in a request without one, and those of the connection and the routing would break
    /// the request (RFC 9110 sections 7 and 8).
    /// </summary>
    public static bool CanBeIn(HttpRequestMessage request, string name)
    {
        foreach (var reserved in (ReadOnlySpan<string>)["Host", "Connection", "Expect", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Keep-Alive", "Proxy-Connection"])
            if (name.Equals(reserved, StringComparison.OrdinalIgnoreCase))
                return false;
        return request.Headers.TryAddWithoutValidation(name, "");
    }
}
