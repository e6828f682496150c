namespace JwtGrantClient;

/// <summary>
/// Configures how a client uses the distributed cache, and when a failing cache is left alone: the settings of a circuit breaker, with
/// Polly's names and meaning. How long the cache may take for one answer is <see cref="CacheOptions.StoreTimeout"/>; a slower one has failed.
/// </summary>
/// <remarks>
/// The circuit breaker opens when, of at least <see cref="MinimumThroughput"/> calls within <see cref="SamplingDuration"/>, a share of
/// <see cref="FailureRatio"/> or more has failed. Then the cache is not called, and tokens come from the token endpoint. After
/// <see cref="BreakDuration"/> one call tries the cache: a success closes the circuit breaker, a failure opens it for as long again.
/// </remarks>
public sealed class DistributedTokenOptions
{
    /// <summary>Gets or sets what the cache's keys begin with; a hash follows. Default: <c>jwtgrant:</c>.</summary>
    public string KeyPrefix { get; set; } = "jwtgrant:";

    /// <summary>
    /// Gets or sets the share of calls that must fail within <see cref="SamplingDuration"/> before the cache is left alone: 0.01 to 1. With 1,
    /// one success is enough to keep using it. Default: 0.5.
    /// </summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Gets or sets how many calls there must be within <see cref="SamplingDuration"/> before <see cref="FailureRatio"/> counts: 2 to 10,000.
    /// With fewer calls the cache is never left alone. Default: 3.
    /// </summary>
    public int MinimumThroughput { get; set; } = 3;

    /// <summary>
    /// Gets or sets the time over which calls and failures are counted: 0.5 s to 1 day. Default: 10 s.
    /// </summary>
    /// <remarks>
    /// Calls count until they are this old; they may be forgotten up to a tenth earlier. A short time suits a process that calls the cache
    /// often: it soon leaves a cache alone that has worked until then. A process that calls the cache less than three times in 10 s never
    /// leaves it alone with the defaults: a break of 10 s would spare it two calls at most. Set a longer time to be warned there too.
    /// </remarks>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets how long a failing cache is left alone before one call tries it again: 0.5 s to 10 min. Default: 10 s.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(10);
}
