using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.Caching;

/// <summary>RefreshAt = issued + L x U(0.50, 0.80) and ExpiresAt = expiry - min(10 s, L / 10), each exact to the tick (docs/architecture.md, Token lifetime).</summary>
public sealed class TokenLifetimeTests
{
    private const long Issued = 1_234_567;
    private static readonly RefreshOptions DefaultOptions = new();

    /// <summary>The lifetime in seconds, the random number, and the ticks from issue to the refresh time and to the expiry.</summary>
    public static TheoryData<int, double, long, long> Lifetimes
    {
        get
        {
            var almostOne = Math.BitDecrement(1.0);
            return new()
            {
                { 1, 0, 5_000_000, 9_000_000 },
                { 1, 0.5, 6_500_000, 9_000_000 },
                { 1, almostOne, 8_000_000, 9_000_000 },
                { 4, 0, 20_000_000, 36_000_000 },
                { 4, 0.5, 26_000_000, 36_000_000 },
                { 4, almostOne, 32_000_000, 36_000_000 },
                { 3600, 0, 18_000_000_000, 35_900_000_000 },
                { 3600, 0.5, 23_400_000_000, 35_900_000_000 },
                { 3600, almostOne, 28_800_000_000, 35_900_000_000 },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void The_refresh_time_and_the_expiry_follow_from_the_lifetime(int seconds, double random, long refreshTicks, long expiryTicks)
    {
        var schedule = RefreshSchedule.Draw(Issued, TimeSpan.FromSeconds(seconds), DefaultOptions, random);

        // One tick less is possible because the fraction is rounded.
        Assert.InRange(schedule.RefreshAt, Issued + refreshTicks - 1, Issued + refreshTicks);
        Assert.Equal(Issued + expiryTicks, schedule.ExpiresAt);
    }

    [Theory]
    [MemberData(nameof(Lifetimes))]
    public void A_token_becomes_stale_and_expired_at_the_exact_tick(int seconds, double random, long refreshTicks, long expiryTicks)
    {
        Assert.True(refreshTicks < expiryTicks);
        var schedule = RefreshSchedule.Draw(Issued, TimeSpan.FromSeconds(seconds), DefaultOptions, random);

        Assert.Equal(Freshness.Fresh, schedule.At(Issued));
        Assert.Equal(Freshness.Fresh, schedule.At(schedule.RefreshAt - 1));
        Assert.Equal(Freshness.Stale, schedule.At(schedule.RefreshAt));
        Assert.Equal(Freshness.Stale, schedule.At(schedule.RefreshAt + 1));
        Assert.Equal(Freshness.Stale, schedule.At(schedule.ExpiresAt - 1));
        Assert.Equal(Freshness.Expired, schedule.At(schedule.ExpiresAt));
        Assert.Equal(Freshness.Expired, schedule.At(schedule.ExpiresAt + 1));
    }

    [Theory]
    [InlineData(99, 9.9)]
    [InlineData(100, 10)]
    [InlineData(101, 10)]
    public void The_expiry_margin_is_ten_seconds_or_a_tenth_of_the_lifetime(int seconds, double margin)
    {
        var schedule = RefreshSchedule.Draw(0, TimeSpan.FromSeconds(seconds), DefaultOptions, 0);

        Assert.Equal(TimeSpan.FromSeconds(seconds - margin).Ticks, schedule.ExpiresAt);
    }

    [Fact]
    public void The_refresh_fractions_and_the_expiry_margin_come_from_the_options()
    {
        var options = new RefreshOptions { EarliestFraction = 0.25, LatestFraction = 0.75, ExpiryMargin = TimeSpan.FromSeconds(2) };

        Assert.Equal(25, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), options, 0).RefreshAt).TotalSeconds);
        Assert.Equal(50, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), options, 0.5).RefreshAt).TotalSeconds);
        Assert.Equal(98, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), options, 0.5).ExpiresAt).TotalSeconds);
    }

    [Fact]
    public void The_refresh_time_is_never_after_the_expiry()
    {
        var schedule = RefreshSchedule.Draw(0, TimeSpan.FromSeconds(4), new() { EarliestFraction = 0.95, LatestFraction = 0.95 }, 0);

        Assert.Equal(schedule.ExpiresAt, schedule.RefreshAt);
    }

    [Fact]
    public void A_token_with_a_lifetime_of_zero_is_expired_immediately() =>
        Assert.Equal(Freshness.Expired, RefreshSchedule.Draw(Issued, TimeSpan.Zero, DefaultOptions, 0).At(Issued));

    [Fact]
    public void NotBefore_postpones_the_refresh_but_not_past_the_expiry()
    {
        var schedule = new RefreshSchedule(RefreshAt: 10, ExpiresAt: 20);

        Assert.Equal(new(10, 20), schedule.NotBefore(5));
        Assert.Equal(new(15, 20), schedule.NotBefore(15));
        Assert.Equal(new(20, 20), schedule.NotBefore(25));
    }
}
