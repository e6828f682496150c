using JwtGrantClient.Credentials;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Credentials;

public sealed class ReloadingValueTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly List<string> _failures = [];
    private int _readings;
    private string? _fault;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_an_interval_every_call_reads()
    {
        var value = new ReloadingValue<string>(Keep);

        Assert.Equal("1", value.Get(Read));
        Assert.Equal("2", value.Get(Read));
        Assert.Equal("3", await value.GetAsync(ReadAsync, Cancellation));
        Assert.Equal("3", value.LastGood);
    }

    [Fact]
    public void With_an_interval_a_call_reads_once_it_has_passed()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);

        Assert.Equal("1", value.Get(Read));
        _clock.Advance(Interval - TimeSpan.FromTicks(1));
        Assert.Equal("1", value.Get(Read));
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void A_value_that_expired_is_read_at_once()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);
        value.Get(Read);

        value.Expire();

        Assert.Equal("2", value.Get(Read));
        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void A_value_that_expires_while_it_is_read_is_read_once_more()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);

        value.Get(last =>
        {
            value.Expire();
            return Read(last);
        });

        Assert.Equal("2", value.Get(Read));
    }

    [Fact]
    public void A_value_that_was_read_earlier_is_read_again_by_the_first_call()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);
        value.Set("0");

        Assert.Equal("0", value.LastGood);
        Assert.Equal("1", value.Get(Read));
    }

    [Fact]
    public void While_one_call_reads_the_others_get_the_last_good_value()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);
        value.Get(Read);
        _clock.Advance(2 * Interval);
        string? seen = null;

        value.Get(last =>
        {
            _clock.Advance(2 * Interval);
            seen = value.Get(Read);
            return Read(last);
        });

        Assert.Equal(("1", "2"), (seen, value.LastGood));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_first_reading_that_fails_is_the_callers_error(bool hasInterval)
    {
        var value = hasInterval ? new ReloadingValue<string>(_clock, Interval, Keep) : new ReloadingValue<string>(Keep);
        _fault = "gone";

        Assert.Equal("gone", Assert.Throws<JwtGrantException>(() => value.Get(Read)).Message);
        Assert.Equal("gone", (await Assert.ThrowsAsync<JwtGrantException>(() => value.GetAsync(ReadAsync, Cancellation).AsTask())).Message);
        Assert.Empty(_failures);
        _fault = null;
        Assert.Equal("3", value.Get(Read));
    }

    [Fact]
    public async Task A_later_reading_that_fails_leaves_the_last_good_value_and_its_owner_is_told()
    {
        var value = new ReloadingValue<string>(Keep);
        value.Get(Read);
        _fault = "gone";

        Assert.Equal("1", value.Get(Read));
        Assert.Equal("1", await value.GetAsync(ReadAsync, Cancellation));
        Assert.Equal(["1: gone", "1: gone"], _failures);
    }

    [Fact]
    public async Task A_last_good_value_that_its_owner_does_not_keep_gives_way_to_the_error()
    {
        var value = new ReloadingValue<string>((_, _) => false);
        value.Get(Read);
        _fault = "gone";

        Assert.Equal("gone", Assert.Throws<JwtGrantException>(() => value.Get(Read)).Message);
        Assert.Equal("gone", (await Assert.ThrowsAsync<JwtGrantException>(() => value.GetAsync(ReadAsync, Cancellation).AsTask())).Message);
    }

    [Fact]
    public async Task With_an_interval_only_the_first_reading_over_the_network_is_waited_for()
    {
        var value = new ReloadingValue<string>(_clock, Interval, Keep);
        Assert.Equal("1", await value.GetAsync(ReadAsync, Cancellation));
        _clock.Advance(Interval);
        var (begun, answer) = (new TaskCompletionSource(), new TaskCompletionSource<string>());
        ValueTask<string> ReadSlowlyAsync(CancellationToken cancellationToken)
        {
            begun.SetResult();
            return new(answer.Task);
        }

        // A second reading would set the result twice, and fail.
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));
        await begun.Task.WithTimeout();
        Assert.Equal("1", await value.GetAsync(ReadSlowlyAsync, Cancellation));

        answer.SetResult("2");
        await Until(() => value.LastGood == "2");
    }

    [Fact]
    public async Task A_reading_in_the_background_ends_at_its_timeout_and_the_next_comes_after_the_interval_for_failures()
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
        var begun = new TaskCompletionSource();

        await value.GetAsync(async cancellationToken =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return "never";
        }, Cancellation);
        await begun.Task.WithTimeout();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await failed.Task.WithTimeout();

        Assert.Equal("1", value.LastGood);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Until(() =>
        {
            value.GetAsync(ReadAsync, Cancellation).AsTask().GetAwaiter().GetResult();
            return value.LastGood == "2";
        });
    }

    private static async Task Until(Func<bool> condition)
    {
        // What is waited for runs on the thread pool: giving way lets it come, and a fault fails the test.
        var deadline = Task.Delay(TimeSpan.FromSeconds(30), Cancellation);
        while (!condition())
        {
            Assert.False(deadline.IsCompleted, "What should have come did not come.");
            await Task.Yield();
        }
    }

    private bool Keep(string lastGood, Exception e)
    {
        _failures.Add($"{lastGood}: {e.Message}");
        return true;
    }

    private string Read(string? lastGood)
    {
        _readings++;
        return _fault is null ? $"{_readings}" : throw JwtGrantException.Configuration("test_problem", _fault);
    }

    private ValueTask<string> ReadAsync(CancellationToken cancellationToken) => new(Read(null));

    /// <summary>A reader that is handed the last value returns it where nothing changed: it must be the one that was read last.</summary>
    [Fact]
    public void A_reading_that_ends_while_another_begins_is_not_overwritten_by_the_value_before()
    {
        var time = new HookedTime();
        var value = new ReloadingValue<string>(time, TimeSpan.FromSeconds(5), (_, _) => true);
        value.Get(_ => "old key");
        value.Expire();
        // Between the look at the last value and the turn to read, another caller reads the new one.
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
