using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Credentials;

public sealed class ReloadingValueTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly List<string> _failures = [];
    private int _reads;
    private string? _error;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_interval_every_call_reads_the_value()
    {
        var value = new ReloadingValue<string>(KeepLastGood);

        Assert.Equal("1", value.Get(Read));
        Assert.Equal("2", value.Get(Read));
        Assert.Equal("3", await value.GetAsync(ReadAsync, Cancellation));
        Assert.Equal("3", value.LastGood);
    }

    [Fact]
    public void With_an_interval_a_call_reads_the_value_only_after_the_interval_has_passed()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);

        Assert.Equal("1", value.Get(Read));
        _clock.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.Equal("1", value.Get(Read));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void An_expired_value_is_read_again_by_the_next_call()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        value.Get(Read);

        value.Expire();

        Assert.Equal("2", value.Get(Read));
        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void A_value_that_expires_during_a_read_is_read_once_more()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);

        value.Get(last =>
        {
            value.Expire();
            return Read(last);
        });

        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void A_value_that_was_set_is_read_again_by_the_first_call()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        value.Set("0");

        Assert.Equal("0", value.LastGood);
        Assert.Equal("1", value.Get(Read));
    }

    [Fact]
    public void While_one_call_reads_the_others_get_the_last_good_value()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        value.Get(Read);
        _clock.Advance(2 * Interval);
        string? concurrent = null;

        value.Get(last =>
        {
            _clock.Advance(2 * Interval);
            concurrent = value.Get(Read);
            return Read(last);
        });

        Assert.Equal(("1", "2"), (concurrent, value.LastGood));
    }

    [Fact]
    public async Task Concurrent_first_calls_share_one_read()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        var (reads, result) = (0, new TaskCompletionSource<string>());
        Func<CancellationToken, ValueTask<string>> read = _ =>
        {
            reads++;
            return new(result.Task);
        };

        var calls = Enumerable.Range(0, 5).Select(_ => value.GetAsync(read, Cancellation).AsTask()).ToList();
        result.SetResult("read");

        Assert.All(await Task.WhenAll(calls), text => Assert.Equal("read", text));
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task A_first_read_is_canceled_when_no_call_waits_for_it_and_the_next_call_reads_again()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        using CancellationTokenSource first = new(), second = new();
        var canceled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Func<CancellationToken, ValueTask<string>> hang = async cancellation =>
        {
            await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            canceled.SetResult();
            throw new OperationCanceledException(cancellation);
        };
        var calls = new[] { value.GetAsync(hang, first.Token).AsTask(), value.GetAsync(hang, second.Token).AsTask() };

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[0]);
        Assert.False(canceled.Task.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[1]);
        await canceled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal("1", await value.GetAsync(ReadAsync, Cancellation));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_failure_of_the_first_read_is_thrown_to_the_caller(bool hasInterval)
    {
        var value = hasInterval ? new ReloadingValue<string>(_clock, Interval, KeepLastGood) : new ReloadingValue<string>(KeepLastGood);
        _error = "gone";

        Assert.Equal("gone", Assert.Throws<JwtGrantException>(() => value.Get(Read)).Message);
        Assert.Equal("gone", (await Assert.ThrowsAsync<JwtGrantException>(() => value.GetAsync(ReadAsync, Cancellation).AsTask())).Message);
        Assert.Empty(_failures);
        _error = null;
        Assert.Equal("3", value.Get(Read));
    }

    [Fact]
    public async Task A_failure_of_a_later_read_keeps_the_last_good_value_and_is_reported()
    {
        var value = new ReloadingValue<string>(KeepLastGood);
        value.Get(Read);
        _error = "gone";

        Assert.Equal("1", value.Get(Read));
        Assert.Equal("1", await value.GetAsync(ReadAsync, Cancellation));
        Assert.Equal(["1: gone", "1: gone"], _failures);
    }

    [Fact]
    public async Task A_failure_of_a_later_read_is_thrown_if_the_callback_discards_the_last_good_value()
    {
        var value = new ReloadingValue<string>((_, _) => false);
        value.Get(Read);
        _error = "gone";

        Assert.Equal("gone", Assert.Throws<JwtGrantException>(() => value.Get(Read)).Message);
        Assert.Equal("gone", (await Assert.ThrowsAsync<JwtGrantException>(() => value.GetAsync(ReadAsync, Cancellation).AsTask())).Message);
    }

    [Fact]
    public async Task With_an_interval_only_the_first_asynchronous_read_is_waited_for()
    {
        var value = new ReloadingValue<string>(_clock, Interval, KeepLastGood);
        Assert.Equal("1", await value.GetAsync(ReadAsync, Cancellation));
        _clock.Advance(Interval);
        var (started, response) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        ValueTask<string> ReadSlowlyAsync(CancellationToken cancellationToken)
        {
            started.SetResult();
            return new(response.Task);
        }

        // A second read would set the result twice, which throws.
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));
        await started.Task.WithTimeout();
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));

        response.SetResult("2");
        await WaitUntilAsync(() => value.LastGood == "2");
    }

    [Fact]
    public async Task A_background_read_ends_at_its_timeout_and_is_repeated_after_the_interval_for_failures()
    {
        var failed = new TaskCompletionSource();
        var value = new ReloadingValue<string>(_clock, Interval, (last, e) =>
        {
            failed.SetResult();
            return e is OperationCanceledException;
        })
        {
            BackgroundTimeout = TimeSpan.FromSeconds(1), IntervalAfterFailure = TimeSpan.FromSeconds(2),
        };
        await value.GetAsync(ReadAsync, Cancellation);
        _clock.Advance(Interval);
        var started = new TaskCompletionSource();

        await value.GetAsync(async cancellationToken =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }, Cancellation);
        await started.Task.WithTimeout();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await failed.Task.WithTimeout();

        Assert.Equal("1", value.LastGood);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await WaitUntilAsync(() =>
        {
            value.GetAsync(ReadAsync, Cancellation).AsTask().GetAwaiter().GetResult();
            return value.LastGood == "2";
        });
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        // The condition changes on the thread pool. A failure there fails the test at the deadline.
        var deadline = Task.Delay(TimeSpan.FromSeconds(30), Cancellation);
        while (!condition())
        {
            Assert.False(deadline.IsCompleted, "The condition was not met in time.");
            await Task.Yield();
        }
    }

    private bool KeepLastGood(string lastGood, Exception e)
    {
        _failures.Add($"{lastGood}: {e.Message}");
        return true;
    }

    private string Read(string? lastGood)
    {
        _reads++;
        return _error is null ? $"{_reads}" : throw JwtGrantException.Configuration("test_problem", _error);
    }

    private ValueTask<string> ReadAsync(CancellationToken cancellationToken) => new(Read(null));

    /// <summary>A reader that gets the last value returns it if nothing changed. It must be the value that was read last.</summary>
    [Fact]
    public void A_read_is_not_overwritten_by_the_older_value_of_a_concurrent_read()
    {
        var time = new HookedTime();
        var value = new ReloadingValue<string>(time, TimeSpan.FromSeconds(5), (_, _) => true);
        value.Get(_ => "old key");
        value.Expire();
        // Another caller reads the new value after this call took the last value and before its own read.
        time.OnNextTimestamp = () =>
        {
            value.Get(_ => "new key");
            value.Expire();
        };

        var read = value.Get(last => last!);

        Assert.Equal(("new key", "new key"), (read, value.LastGood));
    }

    private sealed class HookedTime() : FakeTimeProvider(TestData.Moment)
    {
        public Action? OnNextTimestamp { get; set; }

        public override long GetTimestamp()
        {
            var hook = OnNextTimestamp;
            OnNextTimestamp = null;
            hook?.Invoke();
            return base.GetTimestamp();
        }
    }
}
