using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>With the default options, three failures open the circuit breaker for 10 s. Then one call tries the store again.</summary>
public sealed class StoreCircuitBreakerTests : IDisposable
{
    private const string CircuitOpened = "Information 100 Calls to the distributed cache fail. The next call is made after 00:00:10";
    private const string CircuitClosed = "Information 101 The distributed cache responds again";

    private static readonly TimeSpan Break = TimeSpan.FromSeconds(10), Sampling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);
    private static readonly IOException StoreError = new("The store is down.");

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private StoreCircuitBreaker _breaker;
    private int _calls;

    public StoreCircuitBreakerTests() => _breaker = new(new DistributedTokenOptions(), _time, _log);

    [Fact]
    public async Task A_failing_store_is_not_called_again_after_three_failures()
    {
        for (var i = 0; i < 10; i++)
            await CallAsync(StoreError);

        Assert.Equal(3, _calls);
        Assert.Single(_log.All, line => line.StartsWith(CircuitOpened, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_call_tries_a_failing_store_again_at_the_exact_end_of_the_break()
    {
        await FailCallsAsync(3);

        _time.Advance(Break - OneTick);
        await CallAsync(StoreError);
        Assert.Equal(3, _calls);
        _time.Advance(OneTick);
        await CallAsync(StoreError);
        await CallAsync(StoreError);

        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task While_one_call_tries_the_store_the_others_get_null_without_waiting()
    {
        await FailCallsAsync(3);
        _time.Advance(Break);
        var response = new TaskCompletionSource<string>();

        var trial = _breaker.CallAsync(static (response, _) => response.Task, response, TestContext.Current.CancellationToken).AsTask();
        Assert.Null(await CallAsync());
        response.SetResult("back");

        Assert.Equal("back", await trial.WithTimeout());
        Assert.Equal("a value", await CallAsync());
    }

    [Fact]
    public async Task After_the_break_exactly_one_of_many_concurrent_calls_tries_the_store()
    {
        const int callers = 50;
        await FailCallsAsync(3);
        _time.Advance(Break);
        _calls = 0;
        var response = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string?>[] calls = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(() => response.Task)))];

        await AllButOneAsync().WithTimeout();
        response.SetResult("back");
        var results = await Task.WhenAll(calls).WithTimeout();

        Assert.Equal(1, _calls);
        Assert.Single(results, "back");
        Assert.Equal(callers - 1, results.Count(result => result is null));

        async Task AllButOneAsync()
        {
            var finished = 0;
            await foreach (var _ in Task.WhenEach(calls))
            {
                if (++finished == callers - 1)
                    return;
            }
        }
    }

    [Fact]
    public async Task The_recovery_of_a_store_is_logged_and_its_failures_count_from_zero_again()
    {
        await FailCallsAsync(3);
        _time.Advance(Break);

        Assert.DoesNotContain(CircuitClosed, _log.All);
        Assert.Equal("a value", await CallAsync());
        Assert.Single(_log.All, CircuitClosed);
        await CallAsync(StoreError);
        await CallAsync(StoreError);

        Assert.Equal("a value", await CallAsync());
        Assert.Single(_log.All, CircuitClosed);
    }

    [Fact]
    public async Task An_outage_of_many_breaks_is_logged_once_and_a_second_outage_is_logged_again()
    {
        await FailCallsAsync(3);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Break);
            await CallAsync(StoreError);
        }
        Assert.Equal(8, _calls);
        Assert.Single(_log.All);

        _time.Advance(Break);
        await CallAsync();
        await FailCallsAsync(3);

        Assert.Collection(
            _log.All,
            line => Assert.StartsWith(CircuitOpened, line, StringComparison.Ordinal),
            line => Assert.Equal(CircuitClosed, line),
            line => Assert.StartsWith(CircuitOpened, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fewer_calls_than_MinimumThroughput_keep_the_circuit_closed_even_if_all_of_them_fail()
    {
        Configure(options => options.MinimumThroughput = 5);

        await FailCallsAsync(4);
        Assert.Empty(_log.All);
        Assert.Equal("a value", await CallAsync());

        Assert.Equal(5, _calls);
    }

    [Fact]
    public async Task Failures_keep_the_circuit_closed_until_they_reach_FailureRatio()
    {
        for (var i = 0; i < 4; i++)
            await CallAsync();

        await FailCallsAsync(3);
        Assert.Empty(_log.All);
        await CallAsync(StoreError);
        await CallAsync(StoreError);

        Assert.Equal(8, _calls);
        Assert.StartsWith(CircuitOpened, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_older_than_SamplingDuration_do_not_count()
    {
        await FailCallsAsync(2);
        _time.Advance(Sampling);
        await FailCallsAsync(2);
        Assert.Empty(_log.All);
        _time.Advance(Sampling / 2);

        await FailCallsAsync(1);
        await CallAsync();

        Assert.Equal(5, _calls);
        Assert.StartsWith(CircuitOpened, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_circuit_of_a_busy_store_that_fails_opens_within_SamplingDuration()
    {
        var between = TimeSpan.FromMilliseconds(20);
        for (var i = 0; i < 3000; i++)
        {
            await CallAsync();
            _time.Advance(between);
        }

        for (var time = TimeSpan.Zero; time < Sampling && _log.All.Count == 0; time += between)
        {
            await CallAsync(StoreError);
            _time.Advance(between);
        }

        Assert.StartsWith(CircuitOpened, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_correction_of_the_wall_clock_does_not_change_the_duration_of_the_break(int hours)
    {
        await FailCallsAsync(3);
        _time.StepWallClock(TimeSpan.FromHours(hours));

        _time.Advance(Break - OneTick);
        Assert.Null(await CallAsync());
        _time.Advance(OneTick);

        Assert.Equal("a value", await CallAsync());
    }

    public void Dispose() => _log.Dispose();

    private void Configure(Action<DistributedTokenOptions> configure)
    {
        var options = new DistributedTokenOptions();
        configure(options);
        _breaker = new(options, _time, _log);
    }

    private async Task FailCallsAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await CallAsync(StoreError);
    }

    private Task<string?> CallAsync() => CallAsync(() => Task.FromResult("a value"));

    private async Task CallAsync(Exception failure)
    {
        try
        {
            Assert.Null(await CallAsync(() => Task.FromException<string>(failure)));
        }
        catch (IOException e) when (e == failure)
        {
            // The caller gets the exception of the store.
        }
    }

    private async Task<string?> CallAsync(Func<Task<string>> response) => await _breaker.CallAsync(
        static (call, _) =>
        {
            Interlocked.Increment(ref call.Test._calls);
            return call.GetValue();
        },
        (Test: this, GetValue: response),
        TestContext.Current.CancellationToken);
}
