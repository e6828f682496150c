namespace JwtGrantClient;

/// <summary>
/// The options of UseDistributedCache: the prefix of the cache keys, and the circuit breaker that stops calls to a failing cache. The circuit
/// breaker's options have the names and the meaning of Polly's.
/// </summary>
/// <remarks>
/// A call fails if the cache throws, or if it takes longer than <see cref="CacheOptions.StoreTimeout"/>. If at least
/// <see cref="MinimumThroughput"/> calls were made within <see cref="SamplingDuration"/>, and the fraction of failed calls is
/// <see cref="FailureRatio"/> or more, the circuit breaker opens: the cache is not called, and tokens come from the token endpoint. After
/// <see cref="BreakDuration"/>, one call is made. If it succeeds, the circuit breaker closes; if it fails, the circuit breaker stays open for
/// another <see cref="BreakDuration"/>.
/// </remarks>
public sealed class DistributedTokenOptions
{
    /// <summary>
    /// Gets or sets the prefix of the cache keys, which is followed by a hash: any string, also an empty one. Default: <c>jwtgrant:</c>.
    /// </summary>
    public string KeyPrefix { get; set; } = "jwtgrant:";

    /// <summary>
    /// Gets or sets the fraction of calls within <see cref="SamplingDuration"/> that must fail before the circuit breaker opens: 0.01 to 1. With
    /// 1, a single successful call keeps it closed. Default: 0.5.
    /// </summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Gets or sets the number of calls that must be made within <see cref="SamplingDuration"/> before the circuit breaker can open: 2 to 10,000.
    /// With fewer calls it stays closed, even if all of them fail. Default: 3.
    /// </summary>
    public int MinimumThroughput { get; set; } = 3;

    /// <summary>
    /// Gets or sets the period over which calls and failures are counted: 0.5 s to 1 day. Default: 10 s.
    /// </summary>
    /// <remarks>
    /// Polly counts calls in ten windows, so a call may be forgotten up to a tenth of this period early. A short period suits a process that calls
    /// the cache often: the circuit breaker opens soon after the cache begins to fail. In a process that makes fewer than three calls in 10 s,
    /// the circuit breaker never opens with the default values; a break of 10 s would avoid at most two calls there. Set a longer period if such
    /// a process is to log the failing cache.
    /// </remarks>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long the circuit breaker stays open before one call tries the cache again: 0.5 s to 10 min. Default: 10 s.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(10);
}
