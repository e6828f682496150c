namespace JwtGrantClient.Caching;

/// <summary>How long the server is left alone after a failure, validated.</summary>
/// <param name="WhileValid">The first gate while a token is valid; doubled by each failure, half of it fixed and half drawn.</param>
/// <param name="LongestWhileValid">What the doubling ends at.</param>
/// <param name="WithNothing">The fixed part of the gate with no valid token.</param>
/// <param name="LongestSpreadWithNothing">What the drawn part, which doubles from 1 s, ends at.</param>
/// <param name="MaxRetryAfter">How much of a server's Retry-After is obeyed.</param>
internal sealed record GateSettings(
    TimeSpan WhileValid, TimeSpan LongestWhileValid, TimeSpan WithNothing, TimeSpan LongestSpreadWithNothing, TimeSpan MaxRetryAfter)
{
    public static GateSettings Of(RetryOptions options) => new(
        options.GateWhileValid, options.LongestGateWhileValid, options.GateWithNothing, options.LongestSpreadWithNothing, options.MaxRetryAfter);
}

/// <summary>
/// Spaces the attempts while the server fails (REFRESH): until the gate opens nobody asks, and whoever has no token gets the remembered
/// error at once. Guarded by the slot's lock.
/// </summary>
internal sealed class RefreshBackoff(GateSettings settings, Func<double> random)
{
    private int _failures;
    private long _opensAt = long.MinValue;

    /// <summary>The last failure; null after a success.</summary>
    public JwtGrantException? LastError { get; private set; }

    /// <summary>The moment of the first failure since the last success; null where there is none.</summary>
    public long? FailingSince { get; private set; }

    public bool IsOpenAt(long now) => now >= _opensAt;

    public TimeSpan RemainingAt(long now) => TimeSpan.FromTicks(Math.Max(0, _opensAt - now));

    public void Succeeded()
    {
        _failures = 0;
        _opensAt = long.MinValue;
        (LastError, FailingSince) = (null, null);
    }

    /// <summary>Closes the gate after a failure.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="now">The cache's time.</param>
    /// <param name="hard">The end of the token that is still valid; null where there is none.</param>
    public void Failed(JwtGrantException error, long now, long? hard)
    {
        var doublings = Math.Pow(2, Math.Min(_failures++, 30));
        LastError = error;
        FailingSince ??= now;
        _opensAt = hard is { } end ? Math.Min(now + WhileValid(doublings), end) : now + WithNothing(doublings);
        // The server may ask for a longer rest, not for a shorter one: "Retry-After: 0" would let every call through.
        if (error.RetryAfter is { } asked)
            _opensAt = Math.Max(_opensAt, now + Math.Min(asked.Ticks, settings.MaxRetryAfter.Ticks));
    }

    // Equal jitter: half fixed, half drawn; 5 s x 2^n, at most 120 s.
    private long WhileValid(double doublings) =>
        (long)(Math.Min(settings.WhileValid.Ticks * doublings, settings.LongestWhileValid.Ticks) * (0.5 + random() / 2));

    private long WithNothing(double doublings) =>
        settings.WithNothing.Ticks + (long)(random() * Math.Min(settings.LongestSpreadWithNothing.Ticks, TimeSpan.TicksPerSecond * doublings));
}
