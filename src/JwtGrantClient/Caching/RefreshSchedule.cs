namespace JwtGrantClient.Caching;

/// <summary>What a token is worth at a moment.</summary>
internal enum Freshness
{
    /// <summary>Hand it out.</summary>
    Fresh,

    /// <summary>Hand it out, and renew it aside.</summary>
    Stale,

    /// <summary>Wait for a new one.</summary>
    Expired,
}

/// <summary>When a token is renewed, validated: <see cref="RefreshOptions"/>, copied.</summary>
internal sealed record RefreshSettings
{
    public double EarliestFraction { get; init; }

    public double LatestFraction { get; init; }

    public TimeSpan ExpiryMargin { get; init; }

    public double MaxExpiryMarginFraction { get; init; }

    public TimeSpan MinimumInterval { get; init; }

    public TimeSpan InvalidationInterval { get; init; }

    public double MaxInvalidationFraction { get; init; }

    public static RefreshSettings Of(RefreshOptions options) => new()
    {
        EarliestFraction = options.EarliestFraction,
        LatestFraction = options.LatestFraction,
        ExpiryMargin = options.ExpiryMargin,
        MaxExpiryMarginFraction = options.MaxExpiryMarginFraction,
        MinimumInterval = options.MinimumInterval,
        InvalidationInterval = options.InvalidationInterval,
        MaxInvalidationFraction = options.MaxInvalidationFraction,
    };
}

/// <summary>
/// The two moments that divide a token's life, in ticks of <see cref="CoarseClock"/> (REFRESH: the rule). Freshness is a pure function.
/// </summary>
/// <param name="Due">From here on it is renewed.</param>
/// <param name="Hard">From here on it is not handed out.</param>
internal readonly record struct RefreshSchedule(long Due, long Hard)
{
    /// <summary>Draws the life of a token.</summary>
    /// <param name="issued">The moment before the request was sent.</param>
    /// <param name="lifetime">As the server gave it.</param>
    /// <param name="settings">The rule's numbers.</param>
    /// <param name="random">Uniform in [0, 1): drawn once for the token.</param>
    public static RefreshSchedule Draw(long issued, TimeSpan lifetime, RefreshSettings settings, double random)
    {
        var fraction = settings.EarliestFraction + (settings.LatestFraction - settings.EarliestFraction) * random;
        var hard = issued + lifetime.Ticks - Allowance(lifetime, settings);
        return new(Math.Min(issued + (long)(lifetime.Ticks * fraction), hard), hard);
    }

    /// <summary>
    /// By how many ticks a token ends before its expiry: in proportion for one of a few seconds, so that no lifetime costs a request per
    /// call.
    /// </summary>
    public static long Allowance(TimeSpan lifetime, RefreshSettings settings) =>
        Math.Min(settings.ExpiryMargin.Ticks, (long)(lifetime.Ticks * settings.MaxExpiryMarginFraction));

    public Freshness At(long now) => now < Due ? Freshness.Fresh : now < Hard ? Freshness.Stale : Freshness.Expired;

    /// <summary>The same life with the renewal put off, but not past its end.</summary>
    public RefreshSchedule NotDueBefore(long moment) => this with { Due = Math.Min(Math.Max(Due, moment), Hard) };
}
