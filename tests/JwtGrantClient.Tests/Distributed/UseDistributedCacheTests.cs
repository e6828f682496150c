using System.Globalization;
using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>The options that UseDistributedCache validates, and the service that it requires.</summary>
public sealed class UseDistributedCacheTests
{
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    public static TheoryData<string, Action<DistributedTokenOptions>> OutOfRange => new()
    {
        { "FailureRatio is 0; expected 0.01 to 1.", options => options.FailureRatio = 0 },
        { "FailureRatio is 0.009; expected 0.01 to 1.", options => options.FailureRatio = 0.009 },
        { "FailureRatio is 1.5; expected 0.01 to 1.", options => options.FailureRatio = 1.5 },
        { "FailureRatio is NaN; expected 0.01 to 1.", options => options.FailureRatio = double.NaN },
        { "MinimumThroughput is 1; expected 2 to 10000.", options => options.MinimumThroughput = 1 },
        { "MinimumThroughput is 10001; expected 2 to 10000.", options => options.MinimumThroughput = 10_001 },
        { "SamplingDuration is 00:00:00.4999999; expected 00:00:00.5000000 to 1.00:00:00.", options => options.SamplingDuration = TimeSpan.FromSeconds(0.5) - OneTick },
        { "SamplingDuration is 1.00:00:00.0000001; expected 00:00:00.5000000 to 1.00:00:00.", options => options.SamplingDuration = TimeSpan.FromDays(1) + OneTick },
        { "BreakDuration is 00:00:00.4999999; expected 00:00:00.5000000 to 00:10:00.", options => options.BreakDuration = TimeSpan.FromSeconds(0.5) - OneTick },
        { "BreakDuration is 00:10:00.0000001; expected 00:00:00.5000000 to 00:10:00.", options => options.BreakDuration = TimeSpan.FromMinutes(10) + OneTick },
        { "KeyPrefix is null; for no prefix, set it to an empty string.", options => options.KeyPrefix = null! },
    };

    public static TheoryData<string, Action<DistributedTokenOptions>> AtTheLimits => new()
    {
        { "FailureRatio 0.01", options => options.FailureRatio = 0.01 },
        { "FailureRatio 1", options => options.FailureRatio = 1 },
        { "MinimumThroughput 2", options => options.MinimumThroughput = 2 },
        { "MinimumThroughput 10,000", options => options.MinimumThroughput = 10_000 },
        { "SamplingDuration 0.5 s", options => options.SamplingDuration = TimeSpan.FromSeconds(0.5) },
        { "SamplingDuration 1 day", options => options.SamplingDuration = TimeSpan.FromDays(1) },
        { "BreakDuration 0.5 s", options => options.BreakDuration = TimeSpan.FromSeconds(0.5) },
        { "BreakDuration 10 min", options => options.BreakDuration = TimeSpan.FromMinutes(10) },
        { "KeyPrefix empty", options => options.KeyPrefix = "" },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_rejected_with_its_value_and_the_range(string message, Action<DistributedTokenOptions> configure)
    {
        var builder = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure);
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };

            var error = Assert.Throws<ArgumentException>(() => builder.UseDistributedCache(configure));

            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [MemberData(nameof(AtTheLimits), DisableDiscoveryEnumeration = true)]
    public void An_option_at_a_limit_of_its_range_is_accepted_by_us_and_by_Polly(string setting, Action<DistributedTokenOptions> configure)
    {
        Assert.NotEmpty(setting);
        var builder = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure);
        var options = new DistributedTokenOptions();
        configure(options);

        builder.UseDistributedCache(configure);
        Assert.NotNull(new StoreCircuitBreaker(options, TimeProvider.System, NullLogger.Instance));
    }

    [Fact]
    public async Task A_container_without_IDistributedCache_is_rejected_with_what_to_add()
    {
        await using var provider = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure).UseDistributedCache().Services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Contains("has no IDistributedCache. Add one", error.Message, StringComparison.Ordinal);
    }
}
