namespace JwtGrantClient;

/// <summary>
/// The settings that limit the load on a token endpoint. All clients of one issuer or token endpoint that have the same settings share the limits, with
/// all their users and tenants. A custom retry pipeline does not replace them.
/// </summary>
public sealed class EndpointLimitOptions
{
    /// <summary>
    /// Gets or sets how many requests to the endpoint may be under way at once, and so how many connections are open: 1 to 10,000. Default: 64. Further
    /// requests wait before their assertions are signed, within <see cref="RetryOptions.TotalTimeout"/>.
    /// </summary>
    public int MaxConcurrentRequests { get; set; } = 64;

    /// <summary>
    /// Gets or sets the ratio of failed requests at which the circuit breaker opens: 0.01 to 1. Default: 0.5. Connections that fail, timeouts
    /// and 5xx responses count as failures; a 4xx does not, because it concerns one client.
    /// </summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Gets or sets how many requests within <see cref="SamplingDuration"/> the circuit breaker needs to open: 2 to 10,000. Default: 10.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>Gets or sets the time over which the circuit breaker measures the ratio: 0.5 s to 10 min. Default: 10 s.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long an open circuit breaker lets no request pass: 0.5 s to 10 min. Default: 5 s. Then one request tries the endpoint; if it
    /// succeeds, the circuit breaker closes.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal EndpointLimitOptions Copy() => (EndpointLimitOptions)MemberwiseClone();
}
