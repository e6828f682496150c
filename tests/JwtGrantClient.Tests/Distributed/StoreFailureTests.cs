using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;
using Polly.CircuitBreaker;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>What counts as a failure of the store, and what the caller gets then.</summary>
public sealed class StoreFailureTests : IDisposable
{
    private static readonly IOException StoreError = new("The store is down.");

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private readonly StoreCircuitBreaker _breaker;
    private int _calls;

    public StoreFailureTests() => _breaker = new(new DistributedTokenOptions(), _time, _log);

    [Fact]
    public async Task A_store_that_is_too_slow_counts_as_failing_even_if_it_ignores_cancellation()
    {
        for (var i = 0; i < 3; i++)
            await CallTooSlowAsync();

        Assert.Null(await CallAsync());
        Assert.Equal(3, _calls);
        Assert.StartsWith("Information 100 ", Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_too_slow_after_the_break_does_not_count_as_recovered()
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
    public async Task The_exception_of_a_failing_store_is_thrown_to_the_caller()
    {
        var error = await Assert.ThrowsAsync<IOException>(async () =>
            await _breaker.CallAsync(static (_, _) => Task.FromException<string>(StoreError), 0, TestContext.Current.CancellationToken));

        Assert.Same(StoreError, error);
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

    /// <summary>Calls a store that responds.</summary>
    private async Task<string?> CallAsync() => await _breaker.CallAsync(
        static (test, _) =>
        {
            test._calls++;
            return Task.FromResult("a value");
        },
        this,
        TestContext.Current.CancellationToken);

    /// <summary>Calls a store that never responds, until the caller cancels.</summary>
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
