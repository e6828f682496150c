namespace JwtGrantClient;

/// <summary>
/// When a token is refreshed. The refresh point is drawn at random once for each token, so that a fleet that started together does not
/// refresh together.
/// </summary>
public sealed class RefreshOptions
{
    /// <summary>The earliest refresh point, as a fraction of the token's lifetime: 0.1 to <see cref="LatestFraction"/>. Default: 0.50.</summary>
    public double EarliestFraction { get; set; } = 0.50;

    /// <summary>The latest refresh point, as a fraction of the token's lifetime: <see cref="EarliestFraction"/> to 0.95. Default: 0.80.</summary>
    public double LatestFraction { get; set; } = 0.80;

    /// <summary>
    /// How long before its expiry a token is no longer handed out, for clocks that differ: 0 s to 5 min; never more than
    /// <see cref="MaxExpiryMarginFraction"/> of the token's lifetime. Default: 10 s.
    /// </summary>
    public TimeSpan ExpiryMargin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most that <see cref="ExpiryMargin"/> takes of a token's lifetime, as a fraction: 0 to 0.5. Default: 0.1.</summary>
    public double MaxExpiryMarginFraction { get; set; } = 0.1;

    /// <summary>
    /// How long the server is left alone after it answered with a token that lives no longer than the one before: 1 s to 1 h; never past
    /// the token's end. Default: 30 s.
    /// </summary>
    public TimeSpan MinimumInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a token is replaced because an API refused it with 401: at most once in this time; later refusals change nothing: 0 s to 1 h; never
    /// more than <see cref="MaxInvalidationFraction"/> of the token's lifetime. Default: 30 s.
    /// </summary>
    public TimeSpan InvalidationInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most that <see cref="InvalidationInterval"/> takes of a token's lifetime, as a fraction: 0 to 1. Default: 0.25.</summary>
    public double MaxInvalidationFraction { get; set; } = 0.25;

    /// <summary>
    /// By how much the wall clock must run ahead of the monotonic one to be taken as the machine's sleep, after which tokens are judged by
    /// the wall clock: 0.1 s to 1 h. A smaller step is a correction. Default: 1 s.
    /// </summary>
    public TimeSpan SleepThreshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns a copy that the caller's later changes do not reach.</summary>
    internal RefreshOptions Copy() => (RefreshOptions)MemberwiseClone();
}
