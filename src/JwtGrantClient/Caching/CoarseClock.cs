using System.Runtime.CompilerServices;

namespace JwtGrantClient.Caching;

/// <summary>
/// The clock of the cache: ticks of 100 ns that only go forward, including the time that the machine was suspended. It is monotonic, so that a
/// correction of the wall clock neither ends nor prolongs a token (docs/architecture.md, Clocks).
/// </summary>
/// <remarks>
/// With the system clock it reads the coarse tick count, at a sixth of the cost of an exact timestamp, so that a cached token costs a few nanoseconds.
/// It reads any other <see cref="TimeProvider"/> as it is.
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

    /// <param name="time">The underlying clock.</param>
    /// <param name="sleepThreshold">The largest forward step of the wall clock that is a correction; a larger one means that the machine was suspended.</param>
    public CoarseClock(TimeProvider time, TimeSpan sleepThreshold)
    {
        _time = time;
        _isSystem = ReferenceEquals(time, TimeProvider.System);
        // Relative to the start, because TimeProvider loses single ticks when it converts large timestamps.
        _start = time.GetTimestamp();
        var reading = Read();
        _sleep = new(time, sleepThreshold, reading);
        _nextCheck = reading + CheckInterval;
    }

    /// <summary>Gets the current time, in ticks since an arbitrary start. It includes the time of a suspension within a second after it.</summary>
    public long Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var reading = Read();
            return reading >= Volatile.Read(ref _nextCheck) ? CheckAt(reading) : reading + Volatile.Read(ref _slept);
        }
    }

    /// <summary>Returns the current time, including a suspension that ended just now, so that it can be compared with the wall clock.</summary>
    public long NowAfterSleep()
    {
        lock (_checking)
        {
            DetectSleep();
            return Read() + _slept;
        }
    }

#pragma warning disable RS0030 // The only place that reads the coarse system clock; all other code uses TimeProvider.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Read() => _isSystem ? Environment.TickCount64 * TimeSpan.TicksPerMillisecond : ReadProvider();
#pragma warning restore RS0030

    private long ReadProvider() => _time.GetElapsedTime(_start).Ticks;

    private long CheckAt(long reading)
    {
        TryDetectSleep();
        return reading + Volatile.Read(ref _slept);
    }

    // Once a second, by one thread; other threads do not wait.
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
