namespace JwtGrantClient.Caching;

/// <summary>
/// The state of an entry while a refresh is under way, the server fails or an API has rejected a token. It exists only then, so that idle entries stay
/// small. The lock of the entry guards it.
/// </summary>
internal sealed class RefreshState(CacheContext context)
{
    public InvalidationThrottle Throttle;

    /// <summary>Gets or sets the refresh under way.</summary>
    public Task<AccessToken>? Refresh { get; set; }

    /// <summary>Gets or sets what <see cref="Refresh"/> does. It is not kept afterwards, because it may have the tokens of a user.</summary>
    public Acquisition? Acquisition { get; set; }

    /// <summary>Gets or sets whether an acquisition has begun since the last token ended.</summary>
    public bool HasTriedAfterEnd { get; set; }

    /// <summary>Gets or sets how many callers have waited for it.</summary>
    public int Waiting { get; set; }

    /// <summary>Gets or sets how many of them canceled their wait.</summary>
    public int Canceled { get; set; }

    /// <summary>Records that a caller canceled its wait for a refresh. Returns the last failure; null if there is none.</summary>
    public JwtGrantException? OnCallerCanceled(Task<AccessToken> refresh)
    {
        if (Refresh == refresh)
            Canceled++;
        return Acquisition?.Attempts.LastError ?? Backoff.LastError;
    }

    /// <summary>Gets whether a caller waits for it.</summary>
    public bool CallersWait => Waiting > Canceled;

    /// <summary>Gets or sets the token that an API rejected, until there is another one.</summary>
    public AccessToken? Rejected { get; set; }

    public RefreshBackoff Backoff { get; } = new(context.Backoff, context.Random);

    /// <summary>Returns whether the state has no further effect.</summary>
    public bool IsOverAt(long now) => Refresh is null && Backoff.IsOverAt(now) && !Throttle.IsActiveAt(now);
}

/// <summary>
/// Limits the tokens that are replaced because an API rejected them to one in <see cref="RefreshOptions.InvalidationInterval"/>. An API that responds
/// 401 to every request does not turn every call into a token request. The lock of the entry guards it.
/// </summary>
internal struct InvalidationThrottle
{
    private long _activeUntil;

    public readonly bool IsActiveAt(long now) => now < _activeUntil;

    /// <summary>Returns whether a rejection counts now, and throttles later ones.</summary>
    public bool TryPass(long now, TimeSpan lifetime, RefreshOptions options)
    {
        if (IsActiveAt(now))
            return false;
        _activeUntil = now + Math.Min(options.InvalidationInterval.Ticks, (long)(lifetime.Ticks * options.MaxInvalidationFraction));
        return true;
    }
}

/// <summary>
/// Spaces the acquisitions while the server fails. Until the next one is allowed, no request is sent, and a caller without a token gets the remembered
/// error at once (docs/architecture.md, Backoff). The lock of the entry guards it.
/// </summary>
internal sealed class RefreshBackoff(BackoffOptions options, Func<double> random)
{
    // So that the processes that got the same Retry-After do not return at the same time.
    private const double RetryAfterSpread = 0.1;

    private int _doublings;
    private long _nextAttempt = long.MinValue;

    /// <summary>Gets the last failure; null after a success.</summary>
    public JwtGrantException? LastError { get; private set; }

    /// <summary>Gets the time of the first failure since the last success; null if there is none.</summary>
    public long? FailingSince { get; private set; }

    /// <summary>Gets the number of failures since the last success.</summary>
    public int Failures { get; private set; }

    public bool IsOverAt(long now) => now >= _nextAttempt;

    /// <summary>Returns the error of a call during the backoff. It fails at once, because a request per call does not help a failing server.</summary>
    public JwtGrantException RememberedError(long now) =>
        new(LastError!, $"{LastError!.Message}\nThis is the remembered failure. The next attempt is in {RemainingAt(now).TotalSeconds:0.0} s.");

    public TimeSpan RemainingAt(long now) => TimeSpan.FromTicks(Math.Max(0, _nextAttempt - now));

    public void OnSucceeded()
    {
        (_doublings, Failures) = (0, 0);
        _nextAttempt = long.MinValue;
        (LastError, FailingSince) = (null, null);
    }

    /// <summary>Sets when the next acquisition may start after a failure.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="now">The current time of the cache.</param>
    /// <param name="expiresAt">The end of the valid token; null if there is none.</param>
    /// <param name="isRejected">Whether an API rejected that token. Its callers wait like those without a token.</param>
    public void OnFailed(JwtGrantException error, long now, long? expiresAt, bool isRejected)
    {
        LastError = error;
        FailingSince ??= now;
        Failures++;
        var isUsable = expiresAt is not null && !isRejected;
        if (error.IsHeldBack && !isUsable)
        {
            _nextAttempt = Math.Min(now + AfterLimit(error.RetryAfter ?? TimeSpan.Zero), expiresAt ?? long.MaxValue);
            return;
        }
        var doublings = Math.Pow(2, Math.Min(_doublings++, 30));
        var wait = isUsable ? WithToken(doublings) : WithoutToken(doublings);
        // The server may extend the wait, but not shorten it: "Retry-After: 0" would remove the backoff.
        if (error.RetryAfter is { } retryAfter)
            wait = Math.Max(wait, error.IsHeldBack ? retryAfter.Ticks : (long)(retryAfter.Ticks * (1 + RetryAfterSpread * random())));
        // When a valid token ends, there is an attempt in any case: the server may have recovered.
        _nextAttempt = Math.Min(now + wait, expiresAt ?? long.MaxValue);
    }

    // The limits of the endpoint space the requests and have spread the Retry-After, so that the wait does not grow: callers get a token soon after the
    // endpoint recovers.
    private long AfterLimit(TimeSpan remaining) =>
        Math.Max(options.MinimumDelayWithoutToken.Ticks, remaining.Ticks)
        + (long)(random() * Math.Min(options.MaxJitterWithoutToken.Ticks, TimeSpan.TicksPerSecond));

    // Equal jitter: half fixed, half random.
    private long WithToken(double doublings) =>
        (long)(Math.Min(options.InitialDelay.Ticks * doublings, options.MaxDelay.Ticks) * (0.5 + random() / 2));

    private long WithoutToken(double doublings) =>
        options.MinimumDelayWithoutToken.Ticks
        + (long)(random() * Math.Min(options.MaxJitterWithoutToken.Ticks, TimeSpan.TicksPerSecond * doublings));
}
