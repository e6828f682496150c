namespace JwtGrantClient.Caching;

/// <summary>
/// Spaces the attempts while the server fails (REFRESH): until the gate opens nobody asks, and whoever has no token gets the remembered
/// error at once. Guarded by the slot's lock.
/// </summary>
internal sealed class FailureGate(Func<double> random)
{
    private static readonly TimeSpan MaximumRetryAfter = TimeSpan.FromMinutes(5);

    private int _failures;
    private long _opensAt = long.MinValue;

    /// <summary>The last failure; null after a success.</summary>
    public JwtGrantException? LastError { get; private set; }

    public bool IsOpenAt(long now) => now >= _opensAt;

    public TimeSpan RemainingAt(long now) => TimeSpan.FromTicks(Math.Max(0, _opensAt - now));

    public void Succeeded()
    {
        _failures = 0;
        _opensAt = long.MinValue;
        LastError = null;
    }

    /// <summary>Closes the gate after a failure.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">The cache's time.</param>
    /// <param name="hard">The end of the token that is still valid; null where there is none.</param>
    public void Failed(JwtGrantException error, long now, long? hard)
    {
        var exponent = Math.Min(_failures++, 10);
        LastError = error;
        _opensAt = hard is { } end ? Math.Min(now + WhileValid(exponent).Ticks, end) : now + WithNothing(exponent).Ticks;
        // The server may ask for a longer rest, not for a shorter one: "Retry-After: 0" would let every call through.
        if (error.RetryAfter is { } asked)
            _opensAt = Math.Max(_opensAt, now + Math.Min(asked.Ticks, MaximumRetryAfter.Ticks));
    }

    // Equal jitter: half fixed, half drawn; 5 s x 2^n, at most 120 s.
    private TimeSpan WhileValid(int exponent) => TimeSpan.FromSeconds(Math.Min(5 * Math.Pow(2, exponent), 120) * (0.5 + random() / 2));

    private TimeSpan WithNothing(int exponent) => TimeSpan.FromSeconds(1 + random() * Math.Min(15, Math.Pow(2, exponent)));
}
