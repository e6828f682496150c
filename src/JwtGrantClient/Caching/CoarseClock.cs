namespace JwtGrantClient.Caching;

/// <summary>
/// The cache's time: ticks of 100 ns that only go forward, with the time that the machine slept added. It is monotonic, so that a
/// corrected wall clock neither kills nor prolongs a token, and it notices sleep, during which monotonic clocks may stand still.
/// </summary>
/// <remarks>
/// With the system's clock it reads the coarse tick count, a sixth of the cost of an exact timestamp, which is what makes a cached token
/// cost a few nanoseconds. With any other <see cref="TimeProvider"/> it asks that one.
/// </remarks>
internal sealed class CoarseClock
{
    private const long CheckInterval = TimeSpan.TicksPerSecond;

    private readonly TimeProvider _time;
    private readonly bool _isSystem;
    private readonly long _sleepThreshold;
    private readonly long _beginning;
    private readonly Lock _checking = new();
    private long _slept, _nextCheck, _lastReading, _lastWall;

    /// <param name="time">The clock.</param>
    /// <param name="sleepThreshold">A step of the wall clock up to this is a correction; a larger one forward is taken as sleep (REFRESH).</param>
    public CoarseClock(TimeProvider time, TimeSpan sleepThreshold)
    {
        _time = time;
        _sleepThreshold = sleepThreshold.Ticks;
        _isSystem = ReferenceEquals(time, TimeProvider.System);
        // Counted from here, because a timestamp of years loses single ticks where TimeProvider turns it into a TimeSpan.
        _beginning = time.GetTimestamp();
        _lastReading = Read();
        _lastWall = time.GetUtcNow().Ticks;
        _nextCheck = _lastReading + CheckInterval;
    }

    /// <summary>Now, in ticks since an unknown beginning. Sleep shows within a second of waking.</summary>
    public long Now
    {
        get
        {
            var reading = Read();
            if (reading >= Volatile.Read(ref _nextCheck))
                TryNoticeSleep();
            return reading + Volatile.Read(ref _slept);
        }
    }

    /// <summary>Now, with sleep noticed at once: for a moment that is set against the wall clock, which knows of it already.</summary>
    public long NowAfterSleep()
    {
        lock (_checking)
        {
            NoticeSleep();
            return Read() + _slept;
        }
    }

#pragma warning disable RS0030 // The one place that reads the cheap system clock; every other path goes through TimeProvider.
    private long Read() => _isSystem ? Environment.TickCount64 * TimeSpan.TicksPerMillisecond : _time.GetElapsedTime(_beginning).Ticks;
#pragma warning restore RS0030

    // Once a second, by one thread; the others go on with what is known.
    private void TryNoticeSleep()
    {
        if (!_checking.TryEnter())
            return;
        try
        {
            NoticeSleep();
        }
        finally
        {
            _checking.Exit();
        }
    }

    private void NoticeSleep()
    {
        // The wall clock is read between two readings, each used where it makes the drift smaller: a thread that is held up here does
        // not take its own pause for sleep.
        var before = Read();
        var wall = _time.GetUtcNow().Ticks;
        var after = Read();
        var drift = wall - _lastWall - (after - _lastReading);
        if (drift > _sleepThreshold)
            Volatile.Write(ref _slept, _slept + drift);
        _lastReading = before;
        _lastWall = wall;
        Volatile.Write(ref _nextCheck, after + CheckInterval);
    }
}
