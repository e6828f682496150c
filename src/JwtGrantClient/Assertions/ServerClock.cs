namespace JwtGrantClient.Assertions;

/// <summary>
/// The clock of assertions and proofs. It is the local clock until the authorization server refuses an assertion and its Date header explains why; from then on
/// it is the server's, as far as it is known. All members are safe for concurrent use.
/// </summary>
/// <param name="local">The local clock.</param>
/// <param name="mayCorrect">Whether the local clock may be corrected.</param>
internal sealed class ServerClock(TimeProvider local, bool mayCorrect) : TimeProvider
{
    /// <summary>Smaller offsets are not corrected: a Date has whole seconds, and servers allow for them.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // A larger offset may be a mistake of the server, and an assertion for a time that is far ahead could be used then.
    private static readonly TimeSpan Maximum = TimeSpan.FromMinutes(10);

    private const long Unknown = long.MinValue;

    // One sample may be wrong by the time that the response took.
    private const int SmoothingFactor = 4;

    private long _ahead = Unknown, _correction;
    private bool _isUsed;

    /// <summary>Gets how far the local clock is ahead of the server's; negative if it is behind, and null while the server sent no Date.</summary>
    public TimeSpan? Ahead => Volatile.Read(ref _ahead) is var ahead and not Unknown ? TimeSpan.FromTicks(ahead) : null;

    /// <summary>Gets what is added to the local time.</summary>
    public TimeSpan Correction => TimeSpan.FromTicks(Volatile.Read(ref _correction));

    public override TimeZoneInfo LocalTimeZone => local.LocalTimeZone;

    public override long TimestampFrequency => local.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        _isUsed = true;
        return local.GetUtcNow() + Correction;
    }

    public override long GetTimestamp() => local.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => local.CreateTimer(callback, state, dueTime, period);

    /// <summary>Takes the offset of one response of the token endpoint into account.</summary>
    /// <param name="ahead">How far the local clock is ahead of the Date of the response; null if it has none.</param>
    /// <param name="isAccepted">Whether the server accepted the request.</param>
    public void Observe(TimeSpan? ahead, bool isAccepted)
    {
        if (ahead is not { } sample)
            return;
        // A larger change means that one of the clocks was set.
        var smoothed = Ahead is { } before && (sample - before).Duration() < Tolerance ? before + ((sample - before) / SmoothingFactor) : sample;
        Volatile.Write(ref _ahead, smoothed.Ticks);
        // The server is tolerant, or the local clock was set: what is needed now is followed without a refusal.
        if (isAccepted && Correction != TimeSpan.Zero)
            Volatile.Write(ref _correction, Needed.Ticks);
    }

    /// <summary>Corrects the clock after a refusal. Returns false if the offset does not explain the refusal.</summary>
    /// <param name="sentWith">The <see cref="Correction"/> that the refused assertion has. The clock may have been corrected since, for another request.</param>
    /// <param name="isChanged">Whether this refusal changed the correction.</param>
    public bool TryCorrect(TimeSpan sentWith, out bool isChanged)
    {
        isChanged = false;
        var needed = Needed;
        // Nothing that was sent has a time of this clock, for example an assertion from a file.
        if (!mayCorrect || !_isUsed || (needed - sentWith).Duration() < Tolerance)
            return false;
        var before = Volatile.Read(ref _correction);
        isChanged = (needed - TimeSpan.FromTicks(before)).Duration() >= Tolerance && Interlocked.CompareExchange(ref _correction, needed.Ticks, before) == before;
        return true;
    }

    private TimeSpan Needed => Ahead is { } ahead && ahead.Duration() >= Tolerance && ahead.Duration() <= Maximum ? -ahead : TimeSpan.Zero;
}
