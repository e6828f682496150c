using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Serialization;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>An HTTP answer, read whole: what the readers judge. No stream, no clock, so that they are pure functions.</summary>
[DebuggerDisplay("{Status}")]
internal sealed class TokenHttpResponse(
    int status, HttpResponseHeaders headers, string? contentType, ReadOnlyMemory<byte> body,
    DateTimeOffset requestedAt, DateTimeOffset receivedAt)
{
    /// <summary>How much of a Retry-After is believed.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = new RetryOptions().MaxRetryAfter;

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
