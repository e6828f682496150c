using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Setup;

/// <summary>How a client keeps its tokens, alone and with the rest of its fleet.</summary>
internal static class CacheComposition
{
    public static CachedTokenSource Over(
        ITokenSource source, string name, JwtGrantOptions options, Surroundings around, ClientKeys keys, ITokenProof? proof) =>
        new(new CacheContext(
            name,
            source,
            around.Time,
            new CoarseClock(around.Time, options.Refresh.SleepThreshold),
            RefreshSettings.Of(options.Refresh),
            Surroundings.Uniform,
            new TokenMetrics(around.Meter),
            around.Logger)
        {
            Gates = GateSettings.Of(options.Retry),
            Table = TableSettings.Of(options.Cache),
            TotalTimeout = options.Retry.TotalTimeout,
            Shared = around.SharedTokenStore is not { } store ? null : new SharedTokens(
                store, Identity(name, options, around, keys), options.Cache.StoreTimeout, RefreshSettings.Of(options.Refresh), around.Time, around.Logger)
            {
                Proof = proof,
            },
        });

    /// <summary>
    /// All that decides which tokens the server gives; a setting that is forgotten here would let two clients share what differs.
    /// </summary>
    private static ClientIdentity Identity(string name, JwtGrantOptions options, Surroundings around, ClientKeys keys) => new()
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
            JsonValues.Text(options.Assertion.Claims.OrderBy(claim => claim.Key, StringComparer.Ordinal)),
            options.TokenExchange.SubjectTokenFile, options.TokenExchange.SubjectTokenType, options.TokenExchange.ActorTokenFile,
            options.TokenExchange.ActorTokenType, options.TokenExchange.RequestedTokenType, .. options.TokenExchange.Audience,
        ],
        Defaults = ClientComposition.Defaults(options),
        BindingThumbprint = () => keys.BindingThumbprint,
        // A handler of the user's own may show a certificate that nothing is known of here.
        IsBound = keys.BindingThumbprint is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
    };
}
