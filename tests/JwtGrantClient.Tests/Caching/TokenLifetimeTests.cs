using JwtGrantClient.Caching;

namespace JwtGrantClient.Tests.Caching;

/// <summary>refreshAt = issued + L x U(0.50, 0.80), expiresAt = expiry - min(10 s, L / 10); each boundary to the tick.</summary>
public sealed class TokenLifetimeTests
{
    private const long Issued = 1_234_567;
    private static readonly RefreshOptions Usual = new();

    /// <summary>Lifetime in seconds, the number drawn, and the ticks after issue at which the token is due and at its end.</summary>
    public static TheoryData<int, double, long, long> Lives
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
    [MemberData(nameof(Lives))]
    public void Is_divided_by_two_moments(int seconds, double random, long due, long hard)
    {
        var life = RefreshSchedule.Draw(Issued, TimeSpan.FromSeconds(seconds), Usual, random);

        // A tick less is the rounding of the fraction.
        Assert.InRange(life.RefreshAt, Issued + due - 1, Issued + due);
        Assert.Equal(Issued + hard, life.ExpiresAt);
    }

    [Theory]
    [MemberData(nameof(Lives))]
    public void Changes_at_the_tick(int seconds, double random, long due, long hard)
    {
        Assert.True(due < hard);
        var life = RefreshSchedule.Draw(Issued, TimeSpan.FromSeconds(seconds), Usual, random);

        Assert.Equal(Freshness.Fresh, life.At(Issued));
        Assert.Equal(Freshness.Fresh, life.At(life.RefreshAt - 1));
        Assert.Equal(Freshness.Stale, life.At(life.RefreshAt));
        Assert.Equal(Freshness.Stale, life.At(life.RefreshAt + 1));
        Assert.Equal(Freshness.Stale, life.At(life.ExpiresAt - 1));
        Assert.Equal(Freshness.Expired, life.At(life.ExpiresAt));
        Assert.Equal(Freshness.Expired, life.At(life.ExpiresAt + 1));
    }

    [Theory]
    [InlineData(99, 9.9)]
    [InlineData(100, 10)]
    [InlineData(101, 10)]
    public void Keeps_an_allowance_of_ten_seconds_or_a_tenth(int seconds, double allowance)
    {
        var life = RefreshSchedule.Draw(0, TimeSpan.FromSeconds(seconds), Usual, 0);

        Assert.Equal(TimeSpan.FromSeconds(seconds - allowance).Ticks, life.ExpiresAt);
    }

    [Fact]
    public void Takes_its_bounds_and_allowance_from_the_options()
    {
        var settings = new RefreshOptions { EarliestFraction = 0.25, LatestFraction = 0.75, ExpiryMargin = TimeSpan.FromSeconds(2) };

        Assert.Equal(25, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), settings, 0).RefreshAt).TotalSeconds);
        Assert.Equal(50, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), settings, 0.5).RefreshAt).TotalSeconds);
        Assert.Equal(98, TimeSpan.FromTicks(RefreshSchedule.Draw(0, TimeSpan.FromSeconds(100), settings, 0.5).ExpiresAt).TotalSeconds);
    }

    [Fact]
    public void Is_never_due_after_its_end()
    {
        var life = RefreshSchedule.Draw(0, TimeSpan.FromSeconds(4), new() { EarliestFraction = 0.95, LatestFraction = 0.95 }, 0);

        Assert.Equal(life.ExpiresAt, life.RefreshAt);
    }

    [Fact]
    public void Without_any_length_it_is_over_at_once() =>
        Assert.Equal(Freshness.Expired, RefreshSchedule.Draw(Issued, TimeSpan.Zero, Usual, 0).At(Issued));

    [Fact]
    public void Can_have_its_renewal_put_off_but_not_past_its_end()
    {
        var life = new RefreshSchedule(RefreshAt: 10, ExpiresAt: 20);

        Assert.Equal(new(10, 20), life.NotBefore(5));
        Assert.Equal(new(15, 20), life.NotBefore(15));
        Assert.Equal(new(20, 20), life.NotBefore(25));
    }
}
