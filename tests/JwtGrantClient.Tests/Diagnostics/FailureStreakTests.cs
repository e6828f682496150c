using JwtGrantClient.Diagnostics;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Diagnostics;

public sealed class FailureStreakTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    private readonly SteppableClock _time = new(TestData.Moment);
    private readonly FailureStreak _streak;

    public FailureStreakTests() => _streak = new(_time);

    [Fact]
    public void Warnings_of_a_streak_follow_at_doubled_intervals_of_at_most_an_hour()
    {
        Assert.Equal(new(1, TestData.Moment, IsFirst: true), _streak.OnFailed());
        var failures = 1;

        foreach (var minutes in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            _time.Advance(TimeSpan.FromMinutes(minutes) - OneTick);
            Assert.Null(_streak.OnFailed());
            _time.Advance(OneTick);
            Assert.Equal(new(failures += 2, TestData.Moment, IsFirst: false), _streak.OnFailed());
        }
    }

    [Fact]
    public void A_success_ends_the_streak_with_its_duration_and_number_of_failures()
    {
        Assert.Null(_streak.OnSucceeded());
        _streak.OnFailed();
        _time.Advance(TimeSpan.FromSeconds(30));
        _streak.OnFailed();
        _time.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(new(2, TimeSpan.FromSeconds(70)), _streak.OnSucceeded());
        Assert.Null(_streak.OnSucceeded());
    }

    [Fact]
    public void A_new_streak_has_a_warning_at_once_and_starts_with_the_shortest_interval()
    {
        _streak.OnFailed();
        foreach (var minutes in new[] { 1, 2, 4, 8 })
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            Assert.NotNull(_streak.OnFailed());
        }
        _time.Advance(TimeSpan.FromMinutes(1));
        _streak.OnSucceeded();

        Assert.Equal(new(1, TestData.Moment + TimeSpan.FromMinutes(16), IsFirst: true), _streak.OnFailed());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(_streak.OnFailed());
    }

    [Fact]
    public void Short_streaks_have_one_warning_a_minute_and_no_end_without_a_warning()
    {
        var (warnings, ends) = (0, 0);
        for (var i = 0; i < 600; i++)
        {
            warnings += _streak.OnFailed() is null ? 0 : 1;
            ends += _streak.OnSucceeded() is null ? 0 : 1;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((10, 10), (warnings, ends));
    }

    [Fact]
    public void A_streak_that_no_success_ends_is_over_after_a_time_without_a_failure()
    {
        var streak = new FailureStreak(_time) { EndsAfter = TimeSpan.FromHours(1) };
        streak.OnFailed();
        _time.Advance(TimeSpan.FromHours(1) - OneTick);
        Assert.Equal(2, streak.OnFailed()!.Failures);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(new(1, _time.GetUtcNow(), IsFirst: true), streak.OnFailed());
    }

    [Fact]
    public void A_step_of_the_wall_clock_does_not_change_the_intervals()
    {
        _streak.OnFailed();
        _time.StepWallClock(TimeSpan.FromDays(1));
        Assert.Null(_streak.OnFailed());
        _time.StepWallClock(TimeSpan.FromDays(-2));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.NotNull(_streak.OnFailed());
    }
}
