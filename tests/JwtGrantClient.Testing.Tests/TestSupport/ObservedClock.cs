using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>A fake clock that reports when a timer is created. A test must not advance the clock before that.</summary>
internal sealed class ObservedClock() : FakeTimeProvider(TestData.StartTime)
{
    private readonly TaskCompletionSource _timerCreated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task TimerCreated => _timerCreated.Task.WaitAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timerCreated.TrySetResult();
        return timer;
    }
}
