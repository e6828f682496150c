using JwtGrantClient.Caching;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes the sharing of tokens with other processes. Only UseSharedTokenStore creates this object, and everything about the store is in its methods, so
/// that a native program without a store does not contain that code (docs/native-aot.md#what-a-program-contains).
/// </summary>
/// <param name="store">The store.</param>
internal sealed class TokenSharing(Dependency<ISharedTokenStore> store)
{
    /// <summary>Creates the second level of the cache.</summary>
    public SharedTokens Create(
        string name, JwtGrantOptions options, RefreshOptions refresh, ClientDependencies dependencies, ClientKeys keys, DPoPProofs? proofs) => new(
        new SharedStoreClient(store.Value!, dependencies.Metrics!, options.Cache.StoreTimeout, dependencies.Time, dependencies.Logger),
        IdentityComposition.Create(name, options, dependencies, keys),
        refresh,
        dependencies.Time,
        dependencies.Logger)
    {
        Proof = proofs,
    };

    /// <summary>
    /// Returns a problem if the client needs a SharingName and has none: two clients with equal settings would share tokens although their code obtains tokens
    /// of different identities.
    /// </summary>
    public string[] FindProblems(JwtGrantOptions options, ClientDependencies dependencies)
    {
        // A factory or null: the store itself is created with the client.
        if (!store.IsSet || options.Cache.SharingName is not null)
            return [];
        var methods = new List<string>(IdentityComposition.DecidedByCode(options, dependencies));
        foreach (var (name, client) in ChainChecks.InputsOf(options, dependencies.Clients))
            if (client.Options.Cache.SharingName is null)
                foreach (var method in IdentityComposition.DecidedByCode(client.Options, client.Dependencies))
                    methods.Add($"{method} of the client {SettingText.Quote(name)}");
        return methods.Count == 0 ? [] :
        [
            $"Cache:SharingName is missing. The client shares its tokens with other processes, but code decides whose tokens they are ({string.Join(" and ", methods)}). Set Cache:SharingName to a name of that identity, the same in all processes that may share its tokens and another one for each other identity.",
        ];
    }
}
