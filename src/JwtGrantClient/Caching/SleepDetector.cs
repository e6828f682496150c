namespace JwtGrantClient.Caching;

/// <summary>
/// Detects that the machine slept: monotonic clocks may stand still then, and the wall clock has run ahead of them. A small step of the
/// wall clock is a correction and no sleep, and so is any step backwards. For one thread at a time.
/// </summary>
/// <param name="time">The wall clock.</param>
/// <param name="threshold">How far the wall clock must be ahead to count as sleep.</param>
/// <param name="reading">The monotonic clock now, in ticks.</param>
internal sealed class SleepDetector(TimeProvider time, TimeSpan threshold, long reading)
{
    private long _lastReading = reading;
    private long _lastWall = time.GetUtcNow().Ticks;

    /// <summary>Returns how long the machine slept since the last call, in ticks.</summary>
    /// <param name="read">Reads the monotonic clock, in ticks.</param>
    public long Detect(Func<long> read)
    {
        // The wall clock is read between two readings, each used where it makes the drift smaller: a thread that is held up here does not take
        // its own pause for sleep.
        var before = read();
        var wall = time.GetUtcNow().Ticks;
        var after = read();
        var drift = wall - _lastWall - (after - _lastReading);
        (_lastReading, _lastWall) = (before, wall);
        return drift > threshold.Ticks ? drift : 0;
    }
}
