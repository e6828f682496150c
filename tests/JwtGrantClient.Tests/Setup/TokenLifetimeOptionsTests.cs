using System.Globalization;
using System.Reflection;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Each number of the refresh rule at its bounds, and a tick beyond them.</summary>
public sealed class TokenLifetimeOptionsTests
{
    private const string Zero = "00:00:00", Hour = "01:00:00";

    /// <summary>Setting, least, most; what depends on another setting is at that one's default.</summary>
    public static TheoryData<string, string, string> Times => new()
    {
        { "Refresh:ExpiryMargin", Zero, "00:05:00" },
        { "Refresh:MinimumInterval", "00:00:01", Hour },
        { "Refresh:InvalidationInterval", Zero, Hour },
        { "Refresh:SleepThreshold", "00:00:00.1000000", Hour },
        { "Retry:Delay", "00:00:00.0100000", "00:01:00" },
        { "Retry:AttemptTimeout", "00:00:00.1000000", "00:00:30" },
        { "Retry:TotalTimeout", "00:00:10", "00:10:00" },
        { "Backoff:InitialDelay", "00:00:00.1000000", "00:02:00" },
        { "Backoff:MaxDelay", "00:00:05", Hour },
        { "Backoff:MinimumDelayWithoutToken", "00:00:00.1000000", "00:05:00" },
        { "Backoff:MaxJitterWithoutToken", Zero, Hour },
        { "Retry:MaxRetryAfter", Zero, Hour },
        { "Cache:IdleTime", "00:01:00", "30.00:00:00" },
        { "Cache:StoreTimeout", "00:00:00.0100000", "00:00:10" },
    };

    public static TheoryData<string, double, double> Shares => new()
    {
        { "Refresh:MaxExpiryMarginFraction", 0, 0.5 },
        { "Refresh:MaxInvalidationFraction", 0, 1 },
    };

    public static TheoryData<string, int, int> Counts => new()
    {
        { "Retry:MaxRetryAttempts", 0, 10 },
        { "Cache:MaxEntries", 1, 10_000_000 },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void Of_a_time_are_inclusive_to_the_tick(string setting, string least, string most)
    {
        var (lower, upper) = (TimeSpan.Parse(least, CultureInfo.InvariantCulture), TimeSpan.Parse(most, CultureInfo.InvariantCulture));

        Assert.Empty(ProblemsWith(setting, lower));
        Assert.Empty(ProblemsWith(setting, upper));
        Assert.NotEmpty(ProblemsWith(setting, lower - TimeSpan.FromTicks(1)));
        Assert.NotEmpty(ProblemsWith(setting, upper + TimeSpan.FromTicks(1)));
    }

    [Theory]
    [MemberData(nameof(Shares))]
    public void Of_a_share_are_inclusive(string setting, double least, double most)
    {
        Assert.Empty(ProblemsWith(setting, least));
        Assert.Empty(ProblemsWith(setting, most));
        Assert.Single(ProblemsWith(setting, Math.BitDecrement(least)));
        Assert.Single(ProblemsWith(setting, Math.BitIncrement(most)));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void Of_a_count_are_inclusive(string setting, int least, int most)
    {
        Assert.Empty(ProblemsWith(setting, least));
        Assert.Empty(ProblemsWith(setting, most));
        Assert.Single(ProblemsWith(setting, least - 1));
        Assert.Single(ProblemsWith(setting, most + 1));
    }

    /// <summary>So that a number that is added later cannot be forgotten.</summary>
    [Fact]
    public void Are_tested_for_every_number() =>
        Assert.Equal(
            from section in new[] { typeof(RefreshOptions), typeof(RetryOptions), typeof(BackoffOptions), typeof(CacheOptions) }
            from setting in section.GetProperties()
            where setting.Name is not (nameof(RefreshOptions.EarliestFraction) or nameof(RefreshOptions.LatestFraction))
            orderby setting.Name
            select setting.Name,
            Times.Select(row => row.Data.Item1).Concat(Shares.Select(row => row.Data.Item1)).Concat(Counts.Select(row => row.Data.Item1))
                .Select(setting => setting[(setting.IndexOf(':', StringComparison.Ordinal) + 1)..]).Order(StringComparer.CurrentCulture));

    private static IEnumerable<string> ProblemsWith(string setting, object value)
    {
        var options = TestClient.Options();
        var parts = setting.Split(':');
        var section = typeof(JwtGrantOptions).GetProperty(parts[0], BindingFlags.Instance | BindingFlags.Public)!.GetValue(options)!;
        section.GetType().GetProperty(parts[1])!.SetValue(section, value);
        return OptionsChecks.Find(options, new());
    }
}
