namespace JwtGrantClient.Caching;

/// <summary>What a token is worth at a moment.</summary>
internal enum Freshness
{
    /// <summary>Hand it out.</summary>
    Fresh,

    /// <summary>Hand it out, and refresh it in the background.</summary>
    Stale,

    /// <summary>Wait for a new one.</summary>
    Expired,
}

/// <summary>
/// The two moments that divide a token's life, in ticks of <see cref="CoarseClock"/>. The refresh point is drawn at random once for each
/// token, so that processes that started together do not refresh together. Freshness is a pure function of it.
/// </summary>
/// <param name="RefreshAt">From here on it is refreshed.</param>
/// <param name="ExpiresAt">From here on it is not handed out.</param>
internal readonly record struct RefreshSchedule(long RefreshAt, long ExpiresAt)
{
    /// <summary>Draws the schedule of a token.</summary>
    /// <param name="issued">The moment before the request was sent.</param>
    /// <param name="lifetime">As the server gave it.</param>
    /// <param name="options">The rule's numbers.</param>
    /// <param name="random">Uniform in [0, 1): drawn once for the token.</param>
    public static RefreshSchedule Draw(long issued, TimeSpan lifetime, RefreshOptions options, double random)
    {
        var fraction = options.EarliestFraction + (options.LatestFraction - options.EarliestFraction) * random;
        var expiresAt = issued + lifetime.Ticks - Margin(lifetime, options);
        return new(Math.Min(issued + (long)(lifetime.Ticks * fraction), expiresAt), expiresAt);
    }

    /// <summary>
    /// Returns by how many ticks a token ends before its expiry: in proportion for one of a few seconds, so that no lifetime costs a request
    /// per call.
    /// </summary>
    public static long Margin(TimeSpan lifetime, RefreshOptions options) =>
        Math.Min(options.ExpiryMargin.Ticks, (long)(lifetime.Ticks * options.MaxExpiryMarginFraction));

    public Freshness At(long now) => now < RefreshAt ? Freshness.Fresh : now < ExpiresAt ? Freshness.Stale : Freshness.Expired;

    /// <summary>Returns the same schedule with the refresh put off, but not past the token's end.</summary>
    public RefreshSchedule NotBefore(long moment) => this with { RefreshAt = Math.Min(Math.Max(RefreshAt, moment), ExpiresAt) };
}

/// <summary>A token that arrived, with its schedule and the lifetime that this was drawn from.</summary>
internal readonly record struct CachedToken(AccessToken Token, RefreshSchedule Schedule, TimeSpan Lifetime)
{
    /// <summary>Draws the schedule of a token that arrived.</summary>
    /// <exception cref="JwtGrantException">The token is at its end already.</exception>
    public static CachedToken Create(AccessToken token, AccessToken? current, CacheContext context)
    {
        var (now, wall) = (context.Clock.NowAfterSleep(), context.Time.GetUtcNow());
        var lifetime = token.Lifetime ?? Max(token.ExpiresAt - wall, TimeSpan.Zero);
        // The wall clock tells how much of its life a token has spent; from here on only the monotonic clock counts.
        var spent = Math.Clamp((wall - (token.ExpiresAt - lifetime)).Ticks, 0, lifetime.Ticks);
        // With a second level the first process due refreshes the token for all. The root makes few processes due early, so that hardly another is
        // due while that one waits for its answer: with 10,000 processes 0.07 more requests in place of 1.5.
        var random = context.Shared is null ? context.Random() : Math.Sqrt(context.Random());
        var schedule = RefreshSchedule.Draw(now - spent, lifetime, context.Refresh, random);
        if (schedule.At(now) == Freshness.Expired)
            throw new JwtGrantException(
                JwtGrantErrorKind.MalformedResponse, "token_expired_on_arrival",
                $"The token endpoint issued a token that lives {lifetime.TotalSeconds:0.###} s, of which {TimeSpan.FromTicks(spent).TotalSeconds:0.###} s " +
                "had passed when it arrived. Raise the token lifetime at the server, or correct its expires_in.");
        // A server that answers with the token it gave before would otherwise be asked again at once.
        var isNoLater = current is not null && token.ExpiresAt <= current.ExpiresAt;
        return new(token, isNoLater ? schedule.NotBefore(now + context.Refresh.MinimumInterval.Ticks) : schedule, lifetime);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
