using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>With the default options, three failures open the circuit breaker for 10 s; then one call tries the store again.</summary>
public sealed class StoreCircuitBreakerTests : IDisposable
{
    private const string LeftAlone = "Warning 100 The distributed cache fails; it is not called for 00:00:10";
    private const string Back = "Information 101 The distributed cache works again";

    private static readonly TimeSpan Break = TimeSpan.FromSeconds(10), Sampling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly IOException Down = new("The store is down.");

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly LogLines _log = new();
    private StoreCircuitBreaker _breaker;
    private int _calls;

    public StoreCircuitBreakerTests() => _breaker = new(new DistributedTokenOptions(), _time, _log);

    [Fact]
    public async Task A_failing_store_is_called_three_times_and_then_no_more()
    {
        for (var i = 0; i < 10; i++)
            await CallAsync(Down);

        Assert.Equal(3, _calls);
        Assert.Single(_log.All, line => line.StartsWith(LeftAlone, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failing_store_is_tried_again_after_the_break_to_the_tick_by_one_call()
    {
        await FailAsync(3);

        _time.Advance(Break - Tick);
        await CallAsync(Down);
        Assert.Equal(3, _calls);
        _time.Advance(Tick);
        await CallAsync(Down);
        await CallAsync(Down);

        Assert.Equal(4, _calls);
    }

    [Fact]
    public async Task While_one_call_tries_the_store_the_others_find_nothing_and_do_not_wait()
    {
        await FailAsync(3);
        _time.Advance(Break);
        var answer = new TaskCompletionSource<string>();

        var trying = _breaker.CallAsync(static (answer, _) => answer.Task, answer, TestContext.Current.CancellationToken).AsTask();
        Assert.Null(await CallAsync());
        answer.SetResult("back");

        Assert.Equal("back", await trying.WithTimeout());
        Assert.Equal("an answer", await CallAsync());
    }

    [Fact]
    public async Task After_the_break_exactly_one_of_many_concurrent_calls_tries_the_store()
    {
        const int callers = 50;
        await FailAsync(3);
        _time.Advance(Break);
        _calls = 0;
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string?>[] calls = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(() => answer.Task)))];

        await AllButOneAsync().WithTimeout();
        answer.SetResult("back");
        var answers = await Task.WhenAll(calls).WithTimeout();

        Assert.Equal(1, _calls);
        Assert.Single(answers, "back");
        Assert.Equal(callers - 1, answers.Count(found => found is null));

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
    public async Task A_store_that_is_back_is_logged_and_used_again_and_its_failures_count_from_zero()
    {
        await FailAsync(3);
        _time.Advance(Break);

        Assert.DoesNotContain(Back, _log.All);
        Assert.Equal("an answer", await CallAsync());
        Assert.Single(_log.All, Back);
        await CallAsync(Down);
        await CallAsync(Down);

        Assert.Equal("an answer", await CallAsync());
        Assert.Single(_log.All, Back);
    }

    [Fact]
    public async Task An_outage_that_outlasts_many_breaks_is_logged_once_and_a_second_outage_again()
    {
        await FailAsync(3);
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(Break);
            await CallAsync(Down);
        }
        Assert.Equal(8, _calls);
        Assert.Single(_log.All);

        _time.Advance(Break);
        await CallAsync();
        await FailAsync(3);

        Assert.Collection(
            _log.All,
            line => Assert.StartsWith(LeftAlone, line, StringComparison.Ordinal),
            line => Assert.Equal(Back, line),
            line => Assert.StartsWith(LeftAlone, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fewer_calls_than_the_minimum_throughput_keep_the_circuit_closed_though_all_of_them_fail()
    {
        Use(options => options.MinimumThroughput = 5);

        await FailAsync(4);
        Assert.Empty(_log.All);
        Assert.Equal("an answer", await CallAsync());

        Assert.Equal(5, _calls);
    }

    [Fact]
    public async Task Failures_below_the_failure_ratio_keep_the_circuit_closed_until_they_reach_it()
    {
        for (var i = 0; i < 4; i++)
            await CallAsync();

        await FailAsync(3);
        Assert.Empty(_log.All);
        await CallAsync(Down);
        await CallAsync(Down);

        Assert.Equal(8, _calls);
        Assert.StartsWith(LeftAlone, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_older_than_the_sampling_duration_do_not_count()
    {
        await FailAsync(2);
        _time.Advance(Sampling);
        await FailAsync(2);
        Assert.Empty(_log.All);
        _time.Advance(Sampling / 2);

        await FailAsync(1);
        await CallAsync();

        Assert.Equal(5, _calls);
        Assert.StartsWith(LeftAlone, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_store_that_fails_is_left_alone_within_the_sampling_duration()
    {
        var between = TimeSpan.FromMilliseconds(20);
        for (var i = 0; i < 3000; i++)
        {
            await CallAsync();
            _time.Advance(between);
        }

        for (var time = TimeSpan.Zero; time < Sampling && _log.All.Count == 0; time += between)
        {
            await CallAsync(Down);
            _time.Advance(between);
        }

        Assert.StartsWith(LeftAlone, Assert.Single(_log.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_correction_of_the_wall_clock_does_not_change_the_break(int hours)
    {
        await FailAsync(3);
        _time.StepWallClock(TimeSpan.FromHours(hours));

        _time.Advance(Break - Tick);
        Assert.Null(await CallAsync());
        _time.Advance(Tick);

        Assert.Equal("an answer", await CallAsync());
    }

    public void Dispose() => _log.Dispose();

    private void Use(Action<DistributedTokenOptions> configure)
    {
        var options = new DistributedTokenOptions();
        configure(options);
        _breaker = new(options, _time, _log);
    }

    private async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await CallAsync(Down);
    }

    private Task<string?> CallAsync() => CallAsync(() => Task.FromResult("an answer"));

    private async Task CallAsync(Exception failure)
    {
        try
        {
            Assert.Null(await CallAsync(() => Task.FromException<string>(failure)));
        }
        catch (IOException e) when (e == failure)
        {
            // The caller's to handle.
        }
    }

    private async Task<string?> CallAsync(Func<Task<string>> answer) => await _breaker.CallAsync(
        static (call, _) =>
        {
            Interlocked.Increment(ref call.Test._calls);
            return call.Answer();
        },
        (Test: this, Answer: answer),
        TestContext.Current.CancellationToken);
}
