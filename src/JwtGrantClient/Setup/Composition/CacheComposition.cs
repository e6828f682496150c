using JwtGrantClient.Caching;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Composes the token cache of a client, including the store that it shares with other processes.</summary>
internal static class CacheComposition
{
    public static CachedTokenSource Create(
        string name, ITokenAcquirer source, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, TokenRequestPipeline pipeline,
        DPoPProofs? proofs)
    {
        var refresh = options.Refresh.Copy();
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
            Cache = options.Cache.Copy(),
            Shared = dependencies.Sharing?.Create(name, options, refresh, dependencies, keys, proofs),
        });
    }
}
