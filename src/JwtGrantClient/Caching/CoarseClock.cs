namespace JwtGrantClient.Caching;

/// <summary>
/// The cache's time: ticks of 100 ns that only go forward, with the time that the machine slept added. It is monotonic, so that a
/// corrected wall clock neither ends nor prolongs a token.
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
    private readonly long _start;
    private readonly SleepDetector _sleep;
    private readonly Lock _checking = new();
    private long _slept, _nextCheck;

    /// <param name="time">The clock.</param>
    /// <param name="sleepThreshold">A step of the wall clock up to this is a correction; a larger one forward is taken as sleep.</param>
    public CoarseClock(TimeProvider time, TimeSpan sleepThreshold)
    {
        _time = time;
        _isSystem = ReferenceEquals(time, TimeProvider.System);
        // Counted from here, because a timestamp of years loses single ticks where TimeProvider turns it into a TimeSpan.
        _start = time.GetTimestamp();
        var reading = Read();
        _sleep = new(time, sleepThreshold, reading);
        _nextCheck = reading + CheckInterval;
    }

    /// <summary>Now, in ticks since an unknown beginning. Sleep shows within a second of waking.</summary>
    public long Now
    {
        get
        {
            var reading = Read();
            if (reading >= Volatile.Read(ref _nextCheck))
                TryDetectSleep();
            return reading + Volatile.Read(ref _slept);
        }
    }

    /// <summary>Now, with sleep detected at once: for a moment that is compared with the wall clock, which knows of it already.</summary>
    public long NowAfterSleep()
    {
        lock (_checking)
        {
            DetectSleep();
            return Read() + _slept;
        }
    }

#pragma warning disable RS0030 // The one place that reads the cheap system clock; every other path goes through TimeProvider.
    private long Read() => _isSystem ? Environment.TickCount64 * TimeSpan.TicksPerMillisecond : _time.GetElapsedTime(_start).Ticks;
#pragma warning restore RS0030

    // Once a second, by one thread; the others go on with what is known.
    private void TryDetectSleep()
    {
        if (!_checking.TryEnter())
            return;
        try
        {
            DetectSleep();
        }
        finally
        {
            _checking.Exit();
        }
    }

    private void DetectSleep()
    {
        var slept = _sleep.Detect(Read);
        if (slept > 0)
            Volatile.Write(ref _slept, _slept + slept);
        Volatile.Write(ref _nextCheck, Read() + CheckInterval);
    }
}
