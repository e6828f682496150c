using JwtGrantClient.Caching;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Caching;

/// <summary>REFRESH: scheduling is monotonic; a forward step of the wall clock of more than 1 s is sleep, a backward one is ignored.</summary>
public sealed class SleepDetectorTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Tick = TimeSpan.FromTicks(1);

    private readonly SteppableClock _time = new(TestData.Moment);

    [Fact]
    public void The_clock_counts_single_ticks()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.Advance(Tick);

        Assert.Equal(start + 1, clock.Now);
    }

    [Theory]
    [InlineData(TimeSpan.TicksPerSecond, 0)]
    [InlineData(TimeSpan.TicksPerSecond + 1, TimeSpan.TicksPerSecond + 1)]
    [InlineData(TimeSpan.TicksPerDay, TimeSpan.TicksPerDay)]
    [InlineData(-TimeSpan.TicksPerSecond - 1, 0)]
    [InlineData(-TimeSpan.TicksPerDay, 0)]
    public void A_step_of_the_wall_clock_is_sleep_when_it_goes_forward_by_more_than_a_second(long step, long sleep)
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.StepWallClock(TimeSpan.FromTicks(step));
        _time.Advance(Second);

        Assert.Equal(start + TimeSpan.TicksPerSecond + sleep, clock.Now);
        Assert.Equal(start + TimeSpan.TicksPerSecond + sleep, clock.NowAfterSleep());
    }

    [Fact]
    public void Sleep_shows_within_a_second_of_waking()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;
        _time.Advance(Second / 2);
        _time.StepWallClock(TimeSpan.FromHours(8));

        _time.Advance(Second / 2 - Tick);
        Assert.Equal(start + TimeSpan.TicksPerSecond - 1, clock.Now);
        _time.Advance(Tick);
        Assert.Equal(start + TimeSpan.TicksPerSecond + TimeSpan.FromHours(8).Ticks, clock.Now);
    }

    [Fact]
    public void Sleep_shows_at_once_where_the_moment_is_set_against_the_wall_clock()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;

        _time.StepWallClock(TimeSpan.FromHours(8));

        Assert.Equal(start + TimeSpan.FromHours(8).Ticks, clock.NowAfterSleep());
        Assert.Equal(start + TimeSpan.FromHours(8).Ticks, clock.Now);
    }

    [Fact]
    public void Each_night_s_sleep_is_added()
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
    public void A_clock_that_is_corrected_a_little_every_second_is_not_asleep()
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
    public void A_thread_that_is_held_up_between_the_two_clocks_does_not_take_it_for_sleep(int minutesBefore, int minutesAfter)
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
    public async Task A_thread_that_looks_at_the_wall_clock_holds_up_nobody()
    {
        var clock = new CoarseClock(_time, Second);
        var start = clock.Now;
        _time.Advance(Second);
        using ManualResetEventSlim looking = new(), seen = new();
        _time.BeforeWallClockRead = () =>
        {
            looking.Set();
            seen.Wait();
        };
        var holder = Task.Run(() => clock.Now, TestContext.Current.CancellationToken);
        looking.Wait(TestContext.Current.CancellationToken);

        var other = Task.Run(() => clock.Now, TestContext.Current.CancellationToken);

        try
        {
            Assert.Equal(start + TimeSpan.TicksPerSecond, await other.WithTimeout());
        }
        finally
        {
            seen.Set();
        }
        Assert.Equal(start + TimeSpan.TicksPerSecond, await holder.WithTimeout());
    }

    [Fact]
    public void The_system_s_clock_is_the_cheap_monotonic_one()
    {
        var clock = new CoarseClock(TimeProvider.System, Second);

        var before = Environment.TickCount64;
        var now = clock.Now / TimeSpan.TicksPerMillisecond;

        Assert.InRange(now, before, Environment.TickCount64);
    }

    [Fact]
    public async Task A_token_that_expired_while_the_machine_slept_is_not_handed_out_a_second_after_waking()
    {
        using var cache = new CacheFixture();
        var old = await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.StepWallClock(CacheFixture.Hour);

        cache.Time.Advance(Second - Tick);
        Assert.Same(old, cache.GetWithoutWaiting());
        cache.Time.Advance(Tick);
        var waiting = cache.GetAsync();

        Assert.False(waiting.IsCompleted);
        var renewed = cache.Issue(CacheFixture.Hour);
        await cache.CompleteRequestAsync(renewed);
        Assert.Same(renewed, await waiting.WithTimeout());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-3600)]
    [InlineData(-86_400)]
    public async Task A_corrected_wall_clock_neither_kills_nor_prolongs_a_token(int correction)
    {
        using var cache = new CacheFixture();
        var token = await cache.CacheTokenAsync(TimeSpan.FromSeconds(4));
        cache.Time.StepWallClock(TimeSpan.FromSeconds(correction));

        cache.Time.Advance(TimeSpan.FromSeconds(2.6) - Tick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(Second);
        Assert.Same(token, cache.GetWithoutWaiting());
        cache.Time.Advance(Tick);

        Assert.False(cache.GetAsync().IsCompleted);
    }

    [Fact]
    public async Task A_flight_that_the_machine_slept_through_counts_the_sleep_once()
    {
        using var cache = new CacheFixture();
        var waiting = cache.GetAsync();
        var call = await cache.Source.NextCallAsync();
        var sent = cache.Time.GetUtcNow();
        cache.Time.StepWallClock(TimeSpan.FromMinutes(20));
        call.Return(cache.IssueAt(sent, CacheFixture.Hour));
        var token = await waiting.WithTimeout();

        cache.Time.Advance(TimeSpan.FromMinutes(19) - Tick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.False(cache.IsRefreshing);
        cache.Time.Advance(Tick);
        Assert.Same(token, cache.GetWithoutWaiting());
        Assert.True(cache.IsRefreshing);
    }
}
