using JwtGrantClient.Simulations.Clients;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Faults;

/// <summary>A token endpoint with the faults of a history. It knows until when the tokens that it issued are valid for the client.</summary>
internal sealed class FaultyEndpointHandler(FaultHistory history, VirtualTime time) : HttpMessageHandler
{
    private static readonly RefreshOptions Refresh = new();
    private static readonly TimeSpan MaxRetryAfter = new RetryOptions().MaxRetryAfter;
    private int _issued;

    /// <summary>Gets until when a token is valid: its expiry less the margin of the client.</summary>
    public long ValidUntil { get; private set; }

    /// <summary>Gets until when the client may wait because the server asked to, with the spread that the client adds.</summary>
    public long WaitUntil { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var requestedAt = time.Now;
        await Task.Delay(SimulationOptions.EndpointLatency, time, cancellationToken);
        var period = history.At(requestedAt);
        if (period.Status is not { } status)
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        if (!period.IsHealthy)
        {
            if (period.RetryAfter is { } asked)
                WaitUntil = time.Now + (long)(1.1 * (asked < MaxRetryAfter ? asked : MaxRetryAfter).Ticks);
            return Responses.Failure(request, status, period.RetryAfter);
        }
        if (request.Method == HttpMethod.Get)
            return Responses.Metadata(request);
        var margin = Math.Min(Refresh.ExpiryMargin.Ticks, (long)(history.TokenLifetime.Ticks * Refresh.MaxExpiryMarginFraction));
        ValidUntil = requestedAt + history.TokenLifetime.Ticks - margin;
        return Responses.Token(request, $"token-{++_issued}", history.TokenLifetime);
    }
}
