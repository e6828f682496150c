using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>An HTTP answer, read whole: what the readers judge. No stream, no clock, so that they are pure functions.</summary>
[DebuggerDisplay("{Status}")]
internal sealed class TokenHttpResponse(
    int status, HttpResponseHeaders headers, string? contentType, ReadOnlyMemory<byte> body,
    DateTimeOffset requestedAt, DateTimeOffset receivedAt)
{
    /// <summary>The longest Retry-After that is obeyed.</summary>
    public required TimeSpan MaxRetryAfter { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    public HttpResponseHeaders Headers => headers;

    /// <summary>The media type as sent, fit for error texts.</summary>
    public string? ContentType => contentType is null ? null : SanitizedText.From(contentType);

    /// <summary>The body, bounded and decompressed. It may hold a token.</summary>
    [JsonIgnore, DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>This machine's wall clock from before the request was sent.</summary>
    public DateTimeOffset RequestedAt => requestedAt;

    public bool IsSuccess => Status is 200;

    public bool IsRedirect => Status is >= 300 and < 400;

    /// <summary>
    /// How far this machine's clock is ahead of the server's, by the Date header; null where there is none. A Date between request
    /// and answer agrees, however slow the server was.
    /// </summary>
    public TimeSpan? ClockAhead => Headers.Date switch
    {
        { } date when date < RequestedAt => RequestedAt - date,
        { } date when date > receivedAt => receivedAt - date,
        { } => TimeSpan.Zero,
        null => null,
    };

    /// <summary>
    /// Retry-After in either form (RFC 9110 section 10.2.3), at most <see cref="MaxRetryAfter"/>; null where there is none, or garbage.
    /// </summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            var asked = Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                // Both dates are the server's where it sent its own, so that its clock may be off.
                { Date: { } date } => date - (Headers.Date ?? RequestedAt),
                _ => (TimeSpan?)null,
            };
            return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, MaxRetryAfter.Ticks)) : null;
        }
    }
}

/// <summary>
/// Reads a body up to a cap, counted after decompression, so that neither a large page nor a gzip bomb fills the memory. The page of an
/// HTTP error is cut there, for its status says what matters.
/// </summary>
internal static class ResponseBodyReader
{
    public const int MaximumBytes = 1024 * 1024;
    private const int FirstBytes = 4096;

    /// <exception cref="JwtGrantException">The body of a success is larger than the cap.</exception>
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
            // It held a token.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // A server or a proxy may compress although no coding was asked for (RFC 9110 section 12.5.3). gzip and deflate are what every HTTP client
    // of the last decades understood. A handler of the user's own may have decoded before.
    private static Stream Decode(HttpResponseMessage response, Stream body)
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
        "expected none, gzip or deflate. Switch it off on the server or the proxy, or give a token endpoint handler with AutomaticDecompression.")
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
        $"The server answered {status} with a body of more than {MaximumBytes} bytes, decompressed; a token response has a few thousand. " +
        "Is the address right, and is no proxy in between?")
    {
        StatusCode = status,
    };
}
