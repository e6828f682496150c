namespace JwtGrantClient.Simulations.Time;

/// <summary>A timer of <see cref="VirtualTime"/>. One that was set anew or ended stays in the queue and is passed over there.</summary>
internal sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
{
    private TimeSpan _period;
    private long _setting;
    private bool _isEnded;

    public bool IsSet(long setting) => _setting == setting && !_isEnded;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        if (_isEnded)
            return false;
        _period = period;
        _setting = dueTime == Timeout.InfiniteTimeSpan ? 0 : time.Set(this, time.Now + dueTime.Ticks);
        return true;
    }

    public void GoOff()
    {
        _setting = _period > TimeSpan.Zero ? time.Set(this, time.Now + _period.Ticks) : 0;
        callback(state);
    }

    public void Dispose() => _isEnded = true;

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
