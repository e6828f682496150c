using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;
using Polly.CircuitBreaker;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>What counts as a failure of the store, and what its caller gets then.</summary>
public sealed class StoreFailureTests : IDisposable
{
    private static readonly IOException Down = new("The store is down.");

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly StoreCircuitBreaker _breaker;
    private int _calls;

    public StoreFailureTests() => _breaker = new(new DistributedTokenOptions(), _time, _log);

    [Fact]
    public async Task A_store_that_is_too_slow_for_its_callers_counts_as_failing_though_it_does_not_react_to_cancellation()
    {
        for (var i = 0; i < 3; i++)
            await CallTooSlowAsync();

        Assert.Null(await CallAsync());
        Assert.Equal(3, _calls);
        Assert.StartsWith("Warning 100 ", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_too_slow_after_the_break_is_not_back()
    {
        for (var i = 0; i < 3; i++)
            await CallTooSlowAsync();
        _time.Advance(TimeSpan.FromSeconds(10));

        await CallTooSlowAsync();

        Assert.Null(await CallAsync());
        Assert.Equal(4, _calls);
        Assert.DoesNotContain(_log.All, line => line.StartsWith("Information 101 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_fails_throws_its_own_exception_to_the_caller()
    {
        var error = await Assert.ThrowsAsync<IOException>(async () =>
            await _breaker.CallAsync(static (_, _) => Task.FromException<string>(Down), 0, TestContext.Current.CancellationToken));

        Assert.Same(Down, error);
    }

    [Fact]
    public async Task A_store_whose_own_circuit_breaker_is_open_counts_as_failing()
    {
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<BrokenCircuitException>(async () => await _breaker.CallAsync(
                static (_, _) => Task.FromException<string>(new BrokenCircuitException()), 0, TestContext.Current.CancellationToken));
        }

        Assert.Null(await CallAsync());
        Assert.Equal(0, _calls);
    }

    public void Dispose() => _log.Dispose();

    /// <summary>Calls a store that answers.</summary>
    private async Task<string?> CallAsync() => await _breaker.CallAsync(
        static (test, _) =>
        {
            test._calls++;
            return Task.FromResult("an answer");
        },
        this,
        TestContext.Current.CancellationToken);

    /// <summary>Calls a store that never answers, until the caller gives up.</summary>
    private async Task CallTooSlowAsync()
    {
        using var deadline = new CancellationTokenSource();
        var call = _breaker.CallAsync(
            static (test, _) =>
            {
                test._calls++;
                return new TaskCompletionSource<string>().Task;
            },
            this,
            deadline.Token).AsTask();
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
    }
}
