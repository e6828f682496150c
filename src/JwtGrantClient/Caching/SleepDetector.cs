namespace JwtGrantClient.Caching;

/// <summary>
/// Detects that the machine was suspended: monotonic clocks may stop then, and the wall clock is ahead of them afterwards. A small step of the wall
/// clock and any step backwards is a correction of the clock. This class is not thread-safe.
/// </summary>
/// <param name="time">The wall clock.</param>
/// <param name="threshold">By how much the wall clock must be ahead.</param>
/// <param name="reading">The current reading of the monotonic clock, in ticks.</param>
internal sealed class SleepDetector(TimeProvider time, TimeSpan threshold, long reading)
{
    private long _lastReading = reading;
    private long _lastWall = time.GetUtcNow().Ticks;

    /// <summary>Returns how long the machine was suspended since the last call, in ticks.</summary>
    /// <param name="read">Reads the monotonic clock, in ticks.</param>
    public long Detect(Func<long> read)
    {
        // The wall clock is read between two readings of the monotonic clock, and each is used where it makes the drift smaller. A thread that is
        // preempted here does not count its own pause.
        var before = read();
        var wall = time.GetUtcNow().Ticks;
        var after = read();
        var drift = wall - _lastWall - (after - _lastReading);
        (_lastReading, _lastWall) = (before, wall);
        return drift > threshold.Ticks ? drift : 0;
    }
}
