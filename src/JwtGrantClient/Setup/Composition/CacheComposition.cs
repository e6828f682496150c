using JwtGrantClient.Caching;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Composes the token cache of a client, including the store that it shares with other processes.</summary>
internal static class CacheComposition
{
    public static CachedTokenSource Create(
        string name, ITokenAcquirer source, JwtGrantOptions options, ClientDependencies dependencies, ClientIdentity identity,
        TokenRequestPipeline pipeline, DPoPProofs? proofs)
    {
        var (refresh, cache) = (options.Refresh.Copy(), options.Cache.Copy());
        return new(new CacheContext(
            name,
            source,
            pipeline,
            dependencies.Time,
            new CoarseClock(dependencies.Time, refresh.SleepThreshold),
            dependencies.Random,
            dependencies.Metrics!,
            dependencies.Logger)
        {
            Server = (options.Issuer ?? options.TokenEndpoint) is { } server ? SettingText.QuoteUrl(server) : "a source without a token endpoint",
            Refresh = refresh,
            Backoff = options.Backoff.Copy(),
            Cache = cache,
            Shared = dependencies.SharedTokenStore.Value is not { } store ? null : new SharedTokens(
                new SharedStoreClient(store, dependencies.Metrics!, cache.StoreTimeout, dependencies.Time, dependencies.Logger),
                identity,
                refresh,
                dependencies.Time,
                dependencies.Logger)
            {
                Proof = proofs,
            },
        });
    }
}
