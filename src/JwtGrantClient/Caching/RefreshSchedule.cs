namespace JwtGrantClient.Caching;

/// <summary>The state of a token at a given time.</summary>
internal enum Freshness
{
    /// <summary>The token is used.</summary>
    Fresh,

    /// <summary>The token is used and refreshed in the background.</summary>
    Stale,

    /// <summary>Callers wait for a new token.</summary>
    Expired,
}

/// <summary>
/// The refresh point and the end of use of a token, in ticks of <see cref="CoarseClock"/>. The refresh point is random for each token, so that processes
/// that start together do not refresh together (docs/architecture.md, Token lifetime).
/// </summary>
/// <param name="RefreshAt">The time from which the token is refreshed.</param>
/// <param name="ExpiresAt">The time from which the token is not used.</param>
internal readonly record struct RefreshSchedule(long RefreshAt, long ExpiresAt)
{
    /// <summary>Draws the schedule of a token.</summary>
    /// <param name="issued">The time before the request was sent.</param>
    /// <param name="lifetime">The lifetime that the server returned.</param>
    /// <param name="options">The settings.</param>
    /// <param name="random">A uniform random number in [0, 1).</param>
    public static RefreshSchedule Draw(long issued, TimeSpan lifetime, RefreshOptions options, double random)
    {
        var fraction = options.EarliestFraction + (options.LatestFraction - options.EarliestFraction) * random;
        var expiresAt = issued + lifetime.Ticks - Margin(lifetime, options);
        return new(Math.Min(issued + (long)(lifetime.Ticks * fraction), expiresAt), expiresAt);
    }

    /// <summary>
    /// Returns how many ticks before its expiry a token is no longer used. The margin of a short-lived token is proportional, so that it does not cost a
    /// request per call.
    /// </summary>
    public static long Margin(TimeSpan lifetime, RefreshOptions options) =>
        Math.Min(options.ExpiryMargin.Ticks, (long)(lifetime.Ticks * options.MaxExpiryMarginFraction));

    public Freshness At(long now) => now < RefreshAt ? Freshness.Fresh : now < ExpiresAt ? Freshness.Stale : Freshness.Expired;

    /// <summary>Returns the same schedule with an end of use that is not later than a moment.</summary>
    public RefreshSchedule Until(long moment) => new(Math.Min(RefreshAt, moment), Math.Min(ExpiresAt, moment));

    /// <summary>Returns the same schedule with a later refresh point, at most the end of use.</summary>
    public RefreshSchedule NotBefore(long moment) => this with { RefreshAt = Math.Min(Math.Max(RefreshAt, moment), ExpiresAt) };
}

/// <summary>A new token with its schedule and its lifetime.</summary>
internal readonly record struct CachedToken(AccessToken Token, RefreshSchedule Schedule, TimeSpan Lifetime)
{
    /// <summary>
    /// Returns until when a token is used that is obtained with the tokens of a request: until the first of them expires, in ticks of the clock.
    /// </summary>
    /// <exception cref="JwtGrantException">One of the tokens has expired already.</exception>
    public static long EndOfInput(TokenRequest request, CacheContext context)
    {
        if (request.Tokens?.ReadExpiry() is not { } expiresAt)
            return long.MaxValue;
        var remaining = expiresAt - context.Time.GetUtcNow();
        return remaining > TimeSpan.Zero ? context.Clock.Now + remaining.Ticks : throw JwtGrantException.Configuration(
            "input_token_expired",
            $"A token of the token request expired at {expiresAt:u}, so it was not sent. Pass a token that is valid; the user may have to sign in again.");
    }

    /// <summary>Draws the schedule of a new token.</summary>
    /// <exception cref="JwtGrantException">The token has expired already.</exception>
    public static CachedToken Create(AccessToken token, AccessToken? current, CacheContext context, long usableUntil = long.MaxValue)
    {
        var (now, wall) = (context.Clock.NowAfterSleep(), context.Time.GetUtcNow());
        var lifetime = token.Lifetime ?? Max(token.ExpiresAt - wall, TimeSpan.Zero);
        // The wall clock gives the age of the token. From here on only the monotonic clock counts.
        var spent = Math.Clamp((wall - (token.ExpiresAt - lifetime)).Ticks, 0, lifetime.Ticks);
        // With a shared token store the first process due refreshes the token for all. The square root makes few processes due early, so that another is
        // rarely due while that one waits for the response: with 10,000 processes 1.07 requests instead of 2.5.
        var random = context.Shared is null ? context.Random() : Math.Sqrt(context.Random());
        var schedule = RefreshSchedule.Draw(now - spent, lifetime, context.Refresh, random);
        if (schedule.At(now) == Freshness.Expired)
            throw new JwtGrantException(
                JwtGrantErrorKind.MalformedResponse, "token_expired_on_arrival",
                $"The token endpoint issued a token with a lifetime of {lifetime.TotalSeconds:0.###} s, of which {TimeSpan.FromTicks(spent).TotalSeconds:0.###} s had passed when it arrived. Increase the token lifetime at the server, or correct its expires_in, or the exp of a JWT that is not an access token. Compare the clocks.");
        // Some servers return the same token again; it would be refreshed at once.
        var isNoLater = current is not null && token.ExpiresAt <= current.ExpiresAt;
        return new(token, (isNoLater ? schedule.NotBefore(now + context.Refresh.MinimumInterval.Ticks) : schedule).Until(usableUntil), lifetime);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
