using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A fake clock that reports timers: a test can wait until a delay has started before it advances the time.</summary>
internal sealed class ObservedTime() : FakeTimeProvider(TestData.Moment)
{
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10), TotalTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The real time that a test waits for an event, so that a defect fails the test and does not block it.</summary>
    public static readonly TimeSpan RealTimeout = TimeSpan.FromSeconds(30);

    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();
    private readonly HashSet<ITimer> _attempts = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource? _attemptsEnded;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Observe(dueTime);
        if (dueTime == AttemptTimeout)
            lock (_lock)
                _attempts.Add(timer);
        return new ObservedTimer(timer, this);
    }

    /// <summary>Waits until no attempt is under way, including one that a request started in the background.</summary>
    public Task WaitForAttemptsAsync()
    {
        lock (_lock)
        {
            if (_attempts.Count == 0)
                return Task.CompletedTask;
            _attemptsEnded ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _attemptsEnded.Task.WaitAsync(RealTimeout, TestContext.Current.CancellationToken);
        }
    }

    private void Remove(ITimer timer)
    {
        lock (_lock)
            if (_attempts.Remove(timer) && _attempts.Count == 0)
            {
                _attemptsEnded?.SetResult();
                _attemptsEnded = null;
            }
    }

    /// <summary>Waits for the next delay that is not a timeout, and returns it once it has started.</summary>
    public Task<TimeSpan> NextDelayAsync() =>
        _delays.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(RealTimeout);

    /// <summary>Advances the time by each delay that starts, until a call has completed.</summary>
    /// <param name="call">The call.</param>
    /// <param name="longest">The longest of these delays; the time is not advanced by longer ones, such as timeouts.</param>
    public async Task AdvanceDelaysUntilCompletedAsync(Task call, TimeSpan longest)
    {
        while (await Task.WhenAny(call, _delays.Reader.WaitToReadAsync(TestContext.Current.CancellationToken).AsTask()).WaitAsync(RealTimeout) != call)
            while (_delays.Reader.TryRead(out var delay))
                if (delay <= longest)
                    Advance(delay);
        await call;
    }

    private void Observe(TimeSpan dueTime)
    {
        if (dueTime >= TimeSpan.Zero && dueTime != AttemptTimeout && dueTime != TotalTimeout)
            _delays.Writer.TryWrite(dueTime);
    }

    private sealed class ObservedTimer(ITimer timer, ObservedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            time.Observe(dueTime);
            return changed;
        }

        public void Dispose()
        {
            timer.Dispose();
            time.Remove(timer);
        }

        public ValueTask DisposeAsync()
        {
            time.Remove(timer);
            return timer.DisposeAsync();
        }
    }
}
