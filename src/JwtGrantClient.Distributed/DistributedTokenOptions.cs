namespace JwtGrantClient;

/// <summary>
/// How a client uses the distributed cache. How long the cache may take for an answer is <see cref="CacheOptions.StoreTimeout"/>.
/// </summary>
public sealed class DistributedTokenOptions
{
    /// <summary>What the cache's keys begin with; a hash follows. Default: <c>jwtgrant:</c>.</summary>
    public string KeyPrefix { get; set; } = "jwtgrant:";

    /// <summary>How many calls of the cache must fail one after another before it is left alone: 1 to 100. Default: 3.</summary>
    public int FailuresBeforeBreak { get; set; } = 3;

    /// <summary>
    /// How long a failing cache is left alone, so that nobody waits for it; the token endpoint is asked meanwhile: 0.5 s to 10 min. Then
    /// one call tries it again. Default: 10 s.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(10);
}
