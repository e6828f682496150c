namespace JwtGrantClient.Simulations.Time;

/// <summary>
/// A clock that stands still while something happens and then goes to the next moment at which something is due. Wall clock and
/// monotonic clock agree. For one thread.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, long Setting), (long At, long Order)> _timers = new();
    private readonly Queue<Action> _ready = new();
    private long _settings;

    /// <summary>Ticks of 100 ns since the beginning.</summary>
    public long Now { get; private set; }

    /// <summary>When there is something to do beside the calls: now, where work is ready.</summary>
    public long NextMoment => _ready.Count > 0 ? Now : _timers.TryPeek(out _, out var next) ? next.At : long.MaxValue;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Beginning.AddTicks(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does some work once what is under way has returned, at the same moment.</summary>
    public void Post(Action work) => _ready.Enqueue(work);

    public void AdvanceTo(long moment) => Now = Math.Max(Now, moment);

    /// <summary>Does what is next, and moves the clock there.</summary>
    public void DoNext()
    {
        if (_ready.TryDequeue(out var work))
            work();
        else if (_timers.TryDequeue(out var next, out var moment) && next.Timer.IsSet(next.Setting))
        {
            AdvanceTo(moment.At);
            next.Timer.GoOff();
        }
    }

    /// <summary>Puts a timer into the queue. Of two at the same moment the one that was set first goes off first.</summary>
    internal long Set(VirtualTimer timer, long at)
    {
        _timers.Enqueue((timer, ++_settings), (at, _settings));
        return _settings;
    }
}
