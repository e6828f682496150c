using System.IO.Compression;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Reads a body that a server or a proxy compressed although no coding was asked for (RFC 9110 section 12.5.3 lets it): gzip and deflate,
/// the two that every HTTP client of the last decades understood. A handler of the user's own may have decoded before.
/// </summary>
internal static class ContentCoding
{
    /// <exception cref="JwtGrantException">A success came in a coding that is not read here.</exception>
    public static Stream Decode(HttpResponseMessage response, Stream body)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings))
            return body;
        var coding = codings.ToString();
        if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
            return new GZipStream(body, CompressionMode.Decompress);
        if (coding.Equals("deflate", StringComparison.OrdinalIgnoreCase))
            return new ZLibStream(body, CompressionMode.Decompress);
        // The page of an HTTP error is judged by its status.
        return !response.IsSuccessStatusCode || coding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? body : throw Unread(response, coding);
    }

    private static JwtGrantException Unread(HttpResponseMessage response, string coding) => new(
        JwtGrantErrorKind.MalformedResponse, "token_response_malformed",
        $"The server answered {(int)response.StatusCode} with Content-Encoding '{SanitizedText.From(coding)}', which was not asked for; " +
        "expected none, gzip " +
        "or deflate. Switch it off on the server or the proxy, or give a token endpoint handler with AutomaticDecompression.")
    {
        StatusCode = (int)response.StatusCode,
    };
}
