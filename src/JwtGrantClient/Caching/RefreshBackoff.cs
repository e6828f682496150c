namespace JwtGrantClient.Caching;

/// <summary>
/// Spaces the acquisitions while the server fails: until the next one is allowed nobody asks, and a caller without a token gets the
/// remembered error at once. Guarded by the entry's lock.
/// </summary>
internal sealed class RefreshBackoff(BackoffOptions options, Func<double> random)
{
    private int _failures;
    private long _nextAttempt = long.MinValue;

    /// <summary>The last failure; null after a success.</summary>
    public JwtGrantException? LastError { get; private set; }

    /// <summary>The moment of the first failure since the last success; null where there is none.</summary>
    public long? FailingSince { get; private set; }

    public bool IsOverAt(long now) => now >= _nextAttempt;

    public TimeSpan RemainingAt(long now) => TimeSpan.FromTicks(Math.Max(0, _nextAttempt - now));

    public void OnSucceeded()
    {
        _failures = 0;
        _nextAttempt = long.MinValue;
        (LastError, FailingSince) = (null, null);
    }

    /// <summary>Sets when the next acquisition may start after a failure.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">The cache's time.</param>
    /// <param name="expiresAt">The end of the token that is still valid; null where there is none.</param>
    public void OnFailed(JwtGrantException error, long now, long? expiresAt)
    {
        var doublings = Math.Pow(2, Math.Min(_failures++, 30));
        LastError = error;
        FailingSince ??= now;
        _nextAttempt = expiresAt is { } end ? Math.Min(now + WithToken(doublings), end) : now + WithoutToken(doublings);
        // The server may ask for a longer wait, not for a shorter one: "Retry-After: 0" would let every call through.
        if (error.RetryAfter is { } retryAfter)
            _nextAttempt = Math.Max(_nextAttempt, now + retryAfter.Ticks);
    }

    // Equal jitter: half fixed, half drawn.
    private long WithToken(double doublings) =>
        (long)(Math.Min(options.InitialDelay.Ticks * doublings, options.MaxDelay.Ticks) * (0.5 + random() / 2));

    private long WithoutToken(double doublings) =>
        options.MinimumDelayWithoutToken.Ticks
        + (long)(random() * Math.Min(options.MaxJitterWithoutToken.Ticks, TimeSpan.TicksPerSecond * doublings));
}
