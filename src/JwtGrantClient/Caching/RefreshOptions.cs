namespace JwtGrantClient;

/// <summary>
/// The settings for the refresh of tokens. Each token has a random refresh point, so that processes that start together do not refresh together.
/// </summary>
public sealed class RefreshOptions
{
    /// <summary>Gets or sets the earliest refresh point, as a fraction of the token's lifetime: 0.1 to <see cref="LatestFraction"/>. Default: 0.50.</summary>
    public double EarliestFraction { get; set; } = 0.50;

    /// <summary>Gets or sets the latest refresh point, as a fraction of the token's lifetime: <see cref="EarliestFraction"/> to 0.95. Default: 0.80.</summary>
    public double LatestFraction { get; set; } = 0.80;

    /// <summary>
    /// Gets or sets how long before its expiry a token is no longer used, because clocks differ: 0 s to 5 min, and at most
    /// <see cref="MaxExpiryMarginFraction"/> of the token's lifetime. Default: 10 s.
    /// </summary>
    public TimeSpan ExpiryMargin { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the upper limit of <see cref="ExpiryMargin"/> as a fraction of the token's lifetime: 0 to 0.5. Default: 0.1.</summary>
    public double MaxExpiryMarginFraction { get; set; } = 0.1;

    /// <summary>
    /// Gets or sets the time until the next refresh after the server returned a token that does not expire later than the previous one: 1 s to 1 h, and
    /// at most until the end of the token. Default: 30 s.
    /// </summary>
    public TimeSpan MinimumInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the interval in which at most one token is replaced because an API rejected it with 401: 0 s to 1 h, and at most
    /// <see cref="MaxInvalidationFraction"/> of the token's lifetime. Further rejections in that time have no effect. Default: 30 s.
    /// </summary>
    public TimeSpan InvalidationInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the upper limit of <see cref="InvalidationInterval"/> as a fraction of the token's lifetime: 0 to 1. Default: 0.25.</summary>
    public double MaxInvalidationFraction { get; set; } = 0.25;

    /// <summary>
    /// Gets or sets by how much the wall clock must be ahead of the monotonic clock to detect that the machine was suspended: 0.1 s to 1 h. Default: 1 s.
    /// The time of suspension then counts for the age of tokens. A smaller step is a correction of the clock.
    /// </summary>
    public TimeSpan SleepThreshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns a copy that later changes do not affect.</summary>
    internal RefreshOptions Copy() => (RefreshOptions)MemberwiseClone();
}
