using System.Globalization;
using System.Reflection;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Setup;

/// <summary>The numeric settings at their limits and just beyond them.</summary>
public sealed class TokenLifetimeOptionsTests
{
    private const string Zero = "00:00:00", Hour = "01:00:00";

    /// <summary>Setting, minimum and maximum. A limit that depends on another setting is the one for that setting's default.</summary>
    public static TheoryData<string, string, string> Times => new()
    {
        { "Refresh:ExpiryMargin", Zero, "00:05:00" },
        { "Refresh:MinimumInterval", "00:00:01", Hour },
        { "Refresh:InvalidationInterval", Zero, Hour },
        { "Refresh:SleepThreshold", "00:00:00.1000000", Hour },
        { "Retry:Delay", "00:00:00.0100000", "00:01:00" },
        { "Retry:AttemptTimeout", "00:00:00.1000000", "00:00:30" },
        { "Retry:ConnectTimeout", "00:00:00.1000000", "00:05:00" },
        { "Retry:TotalTimeout", "00:00:10", "00:10:00" },
        { "Backoff:InitialDelay", "00:00:00.1000000", "00:02:00" },
        { "Backoff:MaxDelay", "00:00:05", Hour },
        { "Backoff:MinimumDelayWithoutToken", "00:00:00.1000000", "00:05:00" },
        { "Backoff:MaxJitterWithoutToken", Zero, Hour },
        { "Retry:MaxRetryAfter", Zero, Hour },
        { "Cache:IdleTime", "00:01:00", "30.00:00:00" },
        { "Cache:StoreTimeout", "00:00:00.0100000", "00:00:10" },
    };

    public static TheoryData<string, double, double> Fractions => new()
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
    public void The_limits_of_a_time_are_inclusive_to_the_tick(string setting, string minimum, string maximum)
    {
        var (lower, upper) = (TimeSpan.Parse(minimum, CultureInfo.InvariantCulture), TimeSpan.Parse(maximum, CultureInfo.InvariantCulture));

        Assert.Empty(FindProblems(setting, lower));
        Assert.Empty(FindProblems(setting, upper));
        Assert.NotEmpty(FindProblems(setting, lower - TimeSpan.FromTicks(1)));
        Assert.NotEmpty(FindProblems(setting, upper + TimeSpan.FromTicks(1)));
    }

    [Theory]
    [MemberData(nameof(Fractions))]
    public void The_limits_of_a_fraction_are_inclusive(string setting, double minimum, double maximum)
    {
        Assert.Empty(FindProblems(setting, minimum));
        Assert.Empty(FindProblems(setting, maximum));
        Assert.Single(FindProblems(setting, Math.BitDecrement(minimum)));
        Assert.Single(FindProblems(setting, Math.BitIncrement(maximum)));
    }

    [Theory]
    [MemberData(nameof(Counts))]
    public void The_limits_of_a_count_are_inclusive(string setting, int minimum, int maximum)
    {
        Assert.Empty(FindProblems(setting, minimum));
        Assert.Empty(FindProblems(setting, maximum));
        Assert.Single(FindProblems(setting, minimum - 1));
        Assert.Single(FindProblems(setting, maximum + 1));
    }

    /// <summary>A numeric setting that is added later needs a row too.</summary>
    [Fact]
    public void The_limits_of_every_numeric_setting_are_tested() =>
        Assert.Equal(
            from section in new[] { typeof(RefreshOptions), typeof(RetryOptions), typeof(BackoffOptions), typeof(CacheOptions) }
            from setting in section.GetProperties()
            where setting.PropertyType != typeof(string) && setting.Name is not (nameof(RefreshOptions.EarliestFraction) or nameof(RefreshOptions.LatestFraction))
            orderby setting.Name
            select setting.Name,
            Times.Select(row => row.Data.Item1).Concat(Fractions.Select(row => row.Data.Item1)).Concat(Counts.Select(row => row.Data.Item1))
                .Select(setting => setting[(setting.IndexOf(':', StringComparison.Ordinal) + 1)..]).Order(StringComparer.CurrentCulture));

    private static IEnumerable<string> FindProblems(string setting, object value)
    {
        var options = TestClient.Options();
        var parts = setting.Split(':');
        var section = typeof(JwtGrantOptions).GetProperty(parts[0], BindingFlags.Instance | BindingFlags.Public)!.GetValue(options)!;
        section.GetType().GetProperty(parts[1])!.SetValue(section, value);
        return OptionsChecks.Find(options, new());
    }
}
