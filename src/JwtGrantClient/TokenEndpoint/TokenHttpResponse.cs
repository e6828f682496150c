using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>An HTTP response that was read completely. It holds no stream and no clock, so that its readers are pure functions.</summary>
[DebuggerDisplay("{Status}")]
internal sealed class TokenHttpResponse(
    int status, HttpResponseHeaders headers, string? contentType, ReadOnlyMemory<byte> body,
    DateTimeOffset requestedAt, DateTimeOffset receivedAt)
{
    /// <summary>Gets the longest Retry-After that is observed.</summary>
    public required TimeSpan MaxRetryAfter { get; init; }

    /// <summary>Gets what was added to the local time in the assertions of the request.</summary>
    public TimeSpan ClockCorrection { get; init; }

    /// <summary>Gets whether the length of the body is known: by a header, or by the framing of HTTP/2 and HTTP/3.</summary>
    public bool HasLength { get; init; } = true;

    /// <summary>
    /// Gets whether only the end of the connection marks the end of the body (RFC 9112 section 6.3), so that the platform does not detect a body that was
    /// cut.
    /// </summary>
    public bool EndsWithConnection => !HasLength && Headers.TransferEncodingChunked != true;

    /// <summary>Gets the HTTP status.</summary>
    public int Status => status;

    public HttpResponseHeaders Headers => headers;

    /// <summary>Gets the request, whose secrets are masked in error texts.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public HttpRequestMessage? Request { get; init; }

    /// <summary>Gets the content of the request; a handler may replace it in the request itself.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public HttpContent? RequestContent { get; init; }

    /// <summary>Gets the media type as sent, sanitized for error texts.</summary>
    public string? ContentType => contentType is null ? null : Sanitize(contentType);

    /// <summary>Gets the body, bounded and decompressed. It may contain a token.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>Gets whether the body is an HTML page, by its media type or its beginning.</summary>
    public bool IsWebPage => contentType?.Contains("html", StringComparison.OrdinalIgnoreCase) == true || BeginsWithHtml(Body.Span);

    /// <summary>Gets the wall clock time before the request was sent.</summary>
    public DateTimeOffset RequestedAt => requestedAt;

    public bool IsSuccess => Status is 200;

    public bool IsRedirect => Status is >= 300 and < 400;

    /// <summary>Gets a mask for the secrets of the request.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public SecretMask Mask => SentSecrets.From(Request, RequestContent);

    /// <summary>Makes a text of the response safe for error messages and logs, without the secrets that the request contained.</summary>
    public string Sanitize(string text) => SanitizedText.From(text, Mask);

    /// <summary>
    /// Gets how far the local clock is ahead of the server's, by the Date header; null without that header. A Date between request and response
    /// counts as equal, however slow the server was.
    /// </summary>
    public TimeSpan? ClockAhead => Headers.Date switch
    {
        { } date when date < RequestedAt => RequestedAt - date,
        { } date when date > receivedAt => receivedAt - date,
        { } => TimeSpan.Zero,
        null => null,
    };

    /// <summary>Gets how far the times in the assertions of the request are ahead of the server's clock; null if it is not known.</summary>
    public TimeSpan? AssertionsAhead => ClockAhead + ClockCorrection;

    /// <summary>
    /// Gets Retry-After in either form (RFC 9110 section 10.2.3), at most <see cref="MaxRetryAfter"/>; null if it is missing or invalid.
    /// </summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            var requested = Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                // Compared with the server's own Date if there is one, so that an offset of its clock does not matter.
                { Date: { } date } => date - (Headers.Date ?? RequestedAt),
                _ => (TimeSpan?)null,
            };
            return requested is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, MaxRetryAfter.Ticks)) : null;
        }
    }

    private static bool BeginsWithHtml(ReadOnlySpan<byte> body)
    {
        var text = body.TrimStart(" \t\r\n"u8);
        return Begins(text, "<html"u8) || Begins(text, "<!doctype html"u8);

        static bool Begins(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
            text.Length >= start.Length && System.Text.Ascii.EqualsIgnoreCase(text[..start.Length], start);
    }
}

/// <summary>
/// Reads a body up to a limit, counted after decompression, so that neither a large page nor a decompression bomb fills the memory. The body of
/// an HTTP error is cut at the limit, because its status is enough.
/// </summary>
internal static class ResponseBodyReader
{
    public const int MaximumBytes = 1024 * 1024;
    private const int FirstBytes = 4096;

    /// <summary>Registered codings, which an error may name. Any other text could be an echo of the request.</summary>
    private static readonly string[] KnownCodings = ["br", "zstd", "compress", "x-compress", "dcb", "dcz", "exi", "aes128gcm", "pack200-gzip"];

    /// <exception cref="JwtGrantException">The body of a successful response is larger than the limit.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var stream = Decode(response, body);
        await using var _ = stream.ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (length > MaximumBytes)
                    return response.IsSuccessStatusCode ? throw TooLarge((int)response.StatusCode) : buffer.AsSpan(0, MaximumBytes).ToArray();
                if (length == buffer.Length)
                    Grow(ref buffer, length);
            }
            return buffer.AsSpan(0, length).ToArray();
        }
        finally
        {
            // It may contain a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // A server or a proxy may compress although the request did not ask for it (RFC 9110 section 12.5.3); gzip and deflate are the common
    // codings. A custom handler may have decoded the body already.
    private static Stream Decode(HttpResponseMessage response, Stream body)
    {
        if (!response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var codings))
            return body;
        var coding = codings.ToString();
        if (coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase))
            return new GZipStream(body, CompressionMode.Decompress);
        if (coding.Equals("deflate", StringComparison.OrdinalIgnoreCase))
            return new ZLibStream(body, CompressionMode.Decompress);
        // The status of an HTTP error is enough.
        return !response.IsSuccessStatusCode || coding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? body : throw UnknownCoding(response, coding);
    }

    private static JwtGrantException UnknownCoding(HttpResponseMessage response, string coding) => new(
        JwtGrantErrorKind.MalformedResponse, "token_response_malformed",
        $"The server responded with {(int)response.StatusCode} and the Content-Encoding {(Array.Exists(KnownCodings, known => known.Equals(coding, StringComparison.OrdinalIgnoreCase)) ? $"'{coding}'" : "of an unknown kind")}, which was not requested; expected none, gzip or deflate. Turn it off on the server or the proxy, or configure a token endpoint handler with AutomaticDecompression.")
    {
        StatusCode = (int)response.StatusCode,
    };

    private static void Grow(ref byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(length * 2, MaximumBytes + 1));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        buffer = larger;
    }

    private static JwtGrantException TooLarge(int status) => new(
        JwtGrantErrorKind.MalformedResponse, "response_too_large",
        $"The server responded with {status} and a body of more than {MaximumBytes} bytes, decompressed; a token response has a few thousand. Check the address, and whether a proxy responded.")
    {
        StatusCode = status,
    };
}
