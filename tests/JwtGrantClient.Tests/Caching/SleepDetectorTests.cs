using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>
/// Scheduling uses the monotonic clock. A forward step of the wall clock of more than 1 s counts as sleep, and a backward step is ignored
/// (docs/architecture.md, Clocks).
/// </summary>
public sealed class SleepDetectorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), OneTick = TimeSpan.FromTicks(1);

    private readonly SteppableClock _time = new(TestData.Moment);

    [Fact]
    public void The_clock_has_a_resolution_of_one_tick()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.Advance(OneTick);

        Assert.Equal(start + 1, clock.Now);
    }

    [Theory]
    [InlineData(TimeSpan.TicksPerSecond, 0)]
    [InlineData(TimeSpan.TicksPerSecond + 1, TimeSpan.TicksPerSecond + 1)]
    [InlineData(TimeSpan.TicksPerDay, TimeSpan.TicksPerDay)]
    [InlineData(-TimeSpan.TicksPerSecond - 1, 0)]
    [InlineData(-TimeSpan.TicksPerDay, 0)]
    public void A_step_of_the_wall_clock_counts_as_sleep_if_it_is_forward_and_longer_than_a_second(long step, long sleep)
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.StepWallClock(TimeSpan.FromTicks(step));
        _time.Advance(Second);

        Assert.Equal(start + TimeSpan.TicksPerSecond + sleep, clock.Now);
        Assert.Equal(start + TimeSpan.TicksPerSecond + sleep, clock.NowAfterSleep());
    }

    [Fact]
    public void Sleep_is_detected_within_a_second_after_waking()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;
        _time.Advance(Second / 2);
        _time.StepWallClock(TimeSpan.FromHours(8));

        _time.Advance(Second / 2 - OneTick);
        Assert.Equal(start + TimeSpan.TicksPerSecond - 1, clock.Now);
        _time.Advance(OneTick);
        Assert.Equal(start + TimeSpan.TicksPerSecond + TimeSpan.FromHours(8).Ticks, clock.Now);
    }

    [Fact]
    public void NowAfterSleep_detects_sleep_immediately()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.StepWallClock(TimeSpan.FromHours(8));

        Assert.Equal(start + TimeSpan.FromHours(8).Ticks, clock.NowAfterSleep());
        Assert.Equal(start + TimeSpan.FromHours(8).Ticks, clock.Now);
    }

    [Fact]
    public void Repeated_sleeps_are_added_up()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        for (var night = 0; night < 3; night++)
        {
            _time.StepWallClock(TimeSpan.FromHours(8));
            _time.Advance(Second);
            _ = clock.Now;
        }

        Assert.Equal(start + TimeSpan.FromHours(24).Ticks + 3 * TimeSpan.TicksPerSecond, clock.Now);
    }

    [Fact]
    public void Corrections_of_up_to_a_second_do_not_count_as_sleep()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        for (var second = 1; second <= 100; second++)
        {
            _time.StepWallClock(second % 2 == 0 ? Second : -Second);
            _time.Advance(Second);

            Assert.Equal(start + second * TimeSpan.TicksPerSecond, clock.Now);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void A_delay_between_the_reads_of_the_two_clocks_does_not_count_as_sleep(int minutesBefore, int minutesAfter)
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;
        _time.Advance(Second);
        _time.BeforeWallClockRead = () => _time.Advance(TimeSpan.FromMinutes(minutesBefore));
        _time.AfterWallClockRead = () => _time.Advance(TimeSpan.FromMinutes(minutesAfter));
        _ = clock.Now;
        _time.BeforeWallClockRead = _time.AfterWallClockRead = () => { };
        _time.Advance(Second);

        Assert.Equal(start + (2 * Second + TimeSpan.FromMinutes(minutesBefore + minutesAfter)).Ticks, clock.Now);
    }

    [Fact]
    public async Task A_thread_that_reads_the_wall_clock_does_not_block_other_threads()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;
        _time.Advance(Second);
        using ManualResetEventSlim reading = new(), released = new();
        _time.BeforeWallClockRead = () =>
        {
            reading.Set();
            released.Wait();
        };
        var holder = Task.Run(() => clock.Now, TestContext.Current.CancellationToken);
        reading.Wait(TestContext.Current.CancellationToken);

        var other = Task.Run(() => clock.Now, TestContext.Current.CancellationToken);

        try
        {
            Assert.Equal(start + TimeSpan.TicksPerSecond, await other.WithTimeout());
        }
        finally
        {
            released.Set();
        }
        Assert.Equal(start + TimeSpan.TicksPerSecond, await holder.WithTimeout());
    }

    [Fact]
    public void The_system_clock_is_read_from_Environment_TickCount64()
    {
        var clock = new CoarseClock(TimeProvider.System, Second);

        var before = Environment.TickCount64;
        var now = clock.Now / TimeSpan.TicksPerMillisecond;

        Assert.InRange(now, before, Environment.TickCount64);
    }

    [Fact]
    public async Task A_token_that_expired_during_sleep_is_not_returned_a_second_after_waking()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.StepWallClock(CacheFixture.Hour);

        cache.Time.Advance(Second - OneTick);
        Assert.Same(old, cache.GetWithoutWaiting());
        cache.Time.Advance(OneTick);
        var waiting = cache.GetAsync();

        Assert.False(waiting.IsCompleted);
        var refreshed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(refreshed);
        Assert.Same(refreshed, await waiting.WithTimeout());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-3600)]
    [InlineData(-86_400)]
    public async Task A_correction_of_the_wall_clock_does_not_change_when_a_token_expires(int correction)
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(TimeSpan.FromSeconds(4));
        cache.Time.StepWallClock(TimeSpan.FromSeconds(correction));

        cache.Time.Advance(TimeSpan.FromSeconds(2.6) - OneTick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(Second);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(OneTick);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task Sleep_during_a_token_request_is_counted_once()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();
        var sent = cache.Time.GetUtcNow();
        cache.Time.StepWallClock(TimeSpan.FromMinutes(20));
        call.Return(cache.IssueAt(sent, CacheFixture.Hour));
        var token = await waiting.WithTimeout();

        cache.Time.Advance(TimeSpan.FromMinutes(19) - OneTick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(OneTick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }
}
