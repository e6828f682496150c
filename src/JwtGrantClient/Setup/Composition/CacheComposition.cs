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
        string name, ITokenAcquirer source, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedEndpoint endpoint, Meter meter)
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
            Refresh = refresh,
            Backoff = options.Backoff.Copy(),
            Cache = cache,
            Shared = dependencies.SharedTokenStore.Value is not { } store ? null : new SharedTokens(
                store, CreateIdentity(name, options, keys), cache.StoreTimeout, refresh, dependencies.Time, dependencies.Logger)
            {
                Proof = endpoint.Proofs,
            },
        });
    }

    /// <summary>
    /// Returns all settings that determine which tokens the server issues. If a setting were missing here, two clients could share tokens that
    /// must be different.
    /// </summary>
    private static ClientIdentity CreateIdentity(string name, JwtGrantOptions options, ClientKeys keys) => new()
    {
        Name = name,
        Issuer = options.Issuer,
        TokenEndpoint = options.TokenEndpoint,
        ClientId = options.ClientId,
        Grant = options.Grant.ToString(),
        Authentication = options.ClientAuthentication.ToString(),
        Assertion =
        [
            options.Assertion.Issuer, options.Assertion.Subject, options.Assertion.Audience, options.Assertion.TokenFile,
            JsonValues.ToJson(options.Assertion.Claims.OrderBy(claim => claim.Key, StringComparer.Ordinal)),
            options.TokenExchange.SubjectTokenFile, options.TokenExchange.SubjectTokenType, options.TokenExchange.ActorTokenFile,
            options.TokenExchange.ActorTokenType, options.TokenExchange.RequestedTokenType, .. options.TokenExchange.Audience,
        ],
        Defaults = ClientComposition.Defaults(options),
        BindingThumbprint = () => keys.BindingThumbprint,
        // With MutualTls, a handler that the application configures may present a certificate that is not known here.
        IsBound = keys.BindingThumbprint is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
    };
}
