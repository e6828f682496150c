using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Endpoint;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Benchmarks;

/// <summary>
/// Measures the setup of a container with a client of a provider, from its registration to its token source, compared with the same settings without the provider.
/// The key is in memory.
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ProviderStart
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_only";

    private readonly InMemoryTokenEndpoint _endpoint = new();
    private IConfigurationSection _settings = null!, _settingsWithProvider = null!;

    [GlobalSetup]
    public void SetUp()
    {
        (string Name, string Value)[] common = [("ClientId", "batch@project.iam.gserviceaccount.com"), ("Scope", Scope), ("SigningKey:Text", TestData.RsaPem), ("SigningKey:KeyId", "g-1")];
        _settingsWithProvider = Section([("Provider", "GoogleServiceAccount"), .. common]);
        _settings = Section(
        [
            ("TokenEndpoint", "https://oauth2.googleapis.com/token"), ("SendClientId", "false"), ("ScopePlacement", "Claim"), ("Assertion:OmittedClaims:0", "sub"),
            .. common,
        ]);
    }

    [Benchmark(Baseline = true), BenchmarkCategory("configuration")]
    public object Settings() => Start(services => services.AddJwtGrantClient("storage", _settings));

    [Benchmark, BenchmarkCategory("configuration")]
    public object ProviderByName() => Start(services => services.AddJwtGrantClient("storage", _settingsWithProvider));

    [Benchmark(Baseline = true), BenchmarkCategory("code")]
    public object Options() => Start(services => services.AddJwtGrantClient("storage", options =>
    {
        options.TokenEndpoint = "https://oauth2.googleapis.com/token";
        options.SendClientId = false;
        options.ScopePlacement = ScopePlacement.Claim;
        options.Assertion.OmittedClaims = ["sub"];
        SetCommon(options);
    }));

    [Benchmark, BenchmarkCategory("code")]
    public object ProviderByCode() => Start(services => services.AddJwtGrantClient("storage", options =>
    {
        options.UseGoogleServiceAccount("unused.json", Scope);
        options.SigningKey.Path = null;
        SetCommon(options);
    }));

    private static void SetCommon(JwtGrantOptions options)
    {
        (options.ClientId, options.Scope) = ("batch@project.iam.gserviceaccount.com", Scope);
        (options.SigningKey.Text, options.SigningKey.KeyId) = (TestData.RsaPem, "g-1");
    }

    private static IConfigurationSection Section((string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create<string, string?>($"Storage:{setting.Name}", setting.Value))).Build().GetSection("Storage");

    private ITokenSource Start(Func<IServiceCollection, IJwtGrantClientBuilder> add)
    {
        var services = new ServiceCollection();
        add(services).UseTokenEndpointHandler(_ => _endpoint);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredKeyedService<ITokenSource>("storage");
    }
}
