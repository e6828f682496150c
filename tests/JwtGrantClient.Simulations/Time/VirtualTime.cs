namespace JwtGrantClient.Simulations.Time;

/// <summary>
/// A clock that stops while an event runs and then advances to the time of the next event. The wall clock and the monotonic clock agree. Not
/// thread-safe.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, long Setting), (long At, long Order)> _timers = new();
    private readonly Queue<Action> _ready = new();
    private long _settings;

    /// <summary>The current time, in ticks of 100 ns since the start.</summary>
    public long Now { get; private set; }

    /// <summary>The time of the next timer, or the current time if posted work is ready.</summary>
    public long NextTime => _ready.Count > 0 ? Now : _timers.TryPeek(out _, out var next) ? next.At : long.MaxValue;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Queues work to run at the current time, after the current event has returned.</summary>
    public void Post(Action work) => _ready.Enqueue(work);

    public void AdvanceTo(long due) => Now = Math.Max(Now, due);

    /// <summary>Runs the next posted work or timer, and advances the clock to its time.</summary>
    public void RunNext()
    {
        if (_ready.TryDequeue(out var work))
            work();
        else if (_timers.TryDequeue(out var next, out var due) && next.Timer.IsSet(next.Setting))
        {
            AdvanceTo(due.At);
            next.Timer.Fire();
        }
    }

    /// <summary>Adds a timer to the queue. Timers with the same due time fire in the order in which they were set.</summary>
    internal long Set(VirtualTimer timer, long at)
    {
        _timers.Enqueue((timer, ++_settings), (at, _settings));
        return _settings;
    }
}
