using System.Globalization;
using JwtGrantClient.Distributed;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>What UseDistributedCache checks, and what it needs in the container.</summary>
public sealed class UseDistributedCacheTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public static TheoryData<string, Action<DistributedTokenOptions>> OutOfRange => new()
    {
        { "FailureRatio is 0; expected 0.01 to 1.", options => options.FailureRatio = 0 },
        { "FailureRatio is 0.009; expected 0.01 to 1.", options => options.FailureRatio = 0.009 },
        { "FailureRatio is 1.5; expected 0.01 to 1.", options => options.FailureRatio = 1.5 },
        { "FailureRatio is NaN; expected 0.01 to 1.", options => options.FailureRatio = double.NaN },
        { "MinimumThroughput is 1; expected 2 to 10000.", options => options.MinimumThroughput = 1 },
        { "MinimumThroughput is 10001; expected 2 to 10000.", options => options.MinimumThroughput = 10_001 },
        { "SamplingDuration is 00:00:00.4999999; expected 00:00:00.5000000 to 1.00:00:00.", options => options.SamplingDuration = TimeSpan.FromSeconds(0.5) - Tick },
        { "SamplingDuration is 1.00:00:00.0000001; expected 00:00:00.5000000 to 1.00:00:00.", options => options.SamplingDuration = TimeSpan.FromDays(1) + Tick },
        { "BreakDuration is 00:00:00.4999999; expected 00:00:00.5000000 to 00:10:00.", options => options.BreakDuration = TimeSpan.FromSeconds(0.5) - Tick },
        { "BreakDuration is 00:10:00.0000001; expected 00:00:00.5000000 to 00:10:00.", options => options.BreakDuration = TimeSpan.FromMinutes(10) + Tick },
        { "KeyPrefix is null; for no prefix, set it to an empty string.", options => options.KeyPrefix = null! },
    };

    public static TheoryData<string, Action<DistributedTokenOptions>> AtTheEndsOfTheRanges => new()
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
    public void A_setting_out_of_its_range_is_refused_with_what_was_seen_and_what_was_expected(string message, Action<DistributedTokenOptions> configure)
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
    [MemberData(nameof(AtTheEndsOfTheRanges), DisableDiscoveryEnumeration = true)]
    public void A_setting_at_an_end_of_its_range_is_accepted_here_and_by_Polly(string setting, Action<DistributedTokenOptions> configure)
    {
        Assert.NotEmpty(setting);
        var builder = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure);
        var options = new DistributedTokenOptions();
        configure(options);

        builder.UseDistributedCache(configure);
        Assert.NotNull(new StoreCircuitBreaker(options, TimeProvider.System, NullLogger.Instance));
    }

    [Fact]
    public async Task A_container_without_a_distributed_cache_is_refused_with_what_to_add()
    {
        await using var pod = new ServiceCollection().AddJwtGrantClient("reports", TestClient.Configure).UseDistributedCache().Services.BuildServiceProvider();

        var error = Assert.Throws<InvalidOperationException>(() => pod.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Contains("has no IDistributedCache. Add one", error.Message, StringComparison.Ordinal);
    }
}
