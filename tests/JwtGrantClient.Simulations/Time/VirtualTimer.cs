namespace JwtGrantClient.Simulations.Time;

/// <summary>A timer of <see cref="VirtualTime"/>. After a change or a disposal its old entry stays in the queue and is ignored.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;
    private long _setting;
    private bool _isDisposed;

    public bool IsSet(long setting) => _setting == setting && !_isDisposed;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isDisposed)
            return false;
        _period = period;
        _setting = dueTime == Timeout.InfiniteTimeSpan ? 0 : time.Set(this, time.Now + dueTime.Ticks);
        return true;
    }

    public void Fire()
    {
        _setting = _period > TimeSpan.Zero ? time.Set(this, time.Now + _period.Ticks) : 0;
        callback(state);
    }

    public void Dispose() => _isDisposed = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
