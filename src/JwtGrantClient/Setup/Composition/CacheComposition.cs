using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Composes the token cache of a client, including the store that it shares with other processes.</summary>
internal static class CacheComposition
{
    public static CachedTokenSource Create(
        string name, ITokenAcquirer source, JwtGrantOptions options, ClientDependencies dependencies, ClientIdentity identity, ComposedEndpoint endpoint, Meter meter)
    {
        var (refresh, cache) = (options.Refresh.Copy(), options.Cache.Copy());
        return new(new CacheContext(
            name,
            source,
            endpoint.Pipeline,
            dependencies.Time,
            new CoarseClock(dependencies.Time, refresh.SleepThreshold),
            dependencies.Random,
            new TokenMetrics(meter),
            dependencies.Logger)
        {
            Server = SettingText.QuoteUrl(options.Issuer ?? options.TokenEndpoint!),
            Refresh = refresh,
            Backoff = options.Backoff.Copy(),
            Cache = cache,
            Shared = dependencies.SharedTokenStore.Value is not { } store ? null : new SharedTokens(
                new SharedStoreClient(store, name, cache.StoreTimeout, dependencies.Time, dependencies.Logger),
                identity,
                refresh,
                dependencies.Time,
                dependencies.Logger)
            {
                Proof = endpoint.Proofs,
            },
        });
    }
}
