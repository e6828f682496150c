using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>One process of a fleet. It has its own container, cache and connections, and shares a key ring and a store with other processes.</summary>
internal sealed class Pod : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public Pod(
        DirectoryInfo keyRing, Action<IServiceCollection> addCache, FakeTokenEndpoint endpoint, TimeProvider? time = null,
        Action<JwtGrantOptions>? configure = null, ILoggerProvider? log = null,
        Action<DistributedTokenOptions>? distributed = null)
    {
        var services = new ServiceCollection();
        addCache(services);
        if (time is not null)
            services.AddSingleton(time);
        if (log is not null)
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(log));
        services.AddDataProtection().SetApplicationName("fleet").PersistKeysToFileSystem(keyRing);
        services.AddTestClient("reports", endpoint).UseDistributedCache(distributed);
        // A store that works can be slow on a busy machine, at its first connection above all.
        services.Configure<JwtGrantOptions>("reports", options => options.Cache.StoreTimeout = TimeSpan.FromSeconds(10));
        if (configure is not null)
            services.Configure("reports", configure);
        _services = services.BuildServiceProvider();
        Tokens = _services.GetRequiredKeyedService<ITokenSource>("reports");
    }

    public ITokenSource Tokens { get; }

    public ITokenRevocation Revocation => _services.GetRequiredKeyedService<ITokenRevocation>("reports");

    public IDistributedCache Cache => _services.GetRequiredService<IDistributedCache>();

    public async Task<string> GetAsync() => (await Tokens.GetTokenAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout()).Value;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
