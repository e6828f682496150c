using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>A clock that stands, and tells when somebody begins to wait by it: to advance it earlier would be too early.</summary>
internal sealed class ObservedClock() : FakeTimeProvider(TestData.Moment)
{
    private readonly TaskCompletionSource _timerMade = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task TimerMade => _timerMade.Task.WaitAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timerMade.TrySetResult();
        return timer;
    }
}
