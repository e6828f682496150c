using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A clock that stands still until told, and tells of waits: a test advances once one has begun, never before.</summary>
internal sealed class ObservedTime() : FakeTimeProvider(TestData.Moment)
{
    public static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10), Total = TimeSpan.FromSeconds(30);

    /// <summary>Real time after which what should have come counts as not coming: a fault fails a test and does not hang it.</summary>
    public static readonly TimeSpan RealTimeout = TimeSpan.FromSeconds(30);

    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();
    private readonly HashSet<ITimer> _deadlines = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource? _noDeadline;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Observe(dueTime);
        if (dueTime == Attempt)
            lock (_lock)
                _deadlines.Add(timer);
        return new ObservedTimer(timer, this);
    }

    /// <summary>Completes once no attempt has a deadline: after a request, when a renewal that it began in the background has ended.</summary>
    public Task NoDeadlineAsync()
    {
        lock (_lock)
        {
            if (_deadlines.Count == 0)
                return Task.CompletedTask;
            _noDeadline ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _noDeadline.Task.WaitAsync(RealTimeout, TestContext.Current.CancellationToken);
        }
    }

    private void Forget(ITimer timer)
    {
        lock (_lock)
            if (_deadlines.Remove(timer) && _deadlines.Count == 0)
            {
                _noDeadline?.SetResult();
                _noDeadline = null;
            }
    }

    /// <summary>The next wait that is no deadline, once it has begun.</summary>
    public Task<TimeSpan> NextDelayAsync() =>
        _delays.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(RealTimeout);

    private void Observe(TimeSpan dueTime)
    {
        if (dueTime >= TimeSpan.Zero && dueTime != Attempt && dueTime != Total)
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
            time.Forget(timer);
        }

        public ValueTask DisposeAsync()
        {
            time.Forget(timer);
            return timer.DisposeAsync();
        }
    }
}
