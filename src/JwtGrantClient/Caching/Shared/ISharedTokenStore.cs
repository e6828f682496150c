namespace JwtGrantClient;

/// <summary>
/// A second level that the processes of a fleet share: who must renew a token looks here first, and who has renewed one leaves it here. It
/// is an aid and never a need: a store that fails, or is slower than <see cref="CacheOptions.StoreTimeout"/>, costs a token request.
/// </summary>
/// <remarks>
/// An entry holds a token. A store outside the process must encrypt and authenticate it, with the key as part of what is authenticated;
/// JwtGrantClient.Distributed does, over any IDistributedCache.
/// </remarks>
public interface ISharedTokenStore
{
    /// <summary>Returns the entry, or null where there is none, or none that can be read. Safe for concurrent use.</summary>
    /// <param name="key">What the token is for: a hash that says nothing about it, of letters and digits.</param>
    /// <param name="cancellationToken">Ends the call when the time for the store is over.</param>
    ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Puts the entry in place of the one that may be there. It is of no use after <see cref="SharedToken.Lifetime"/>.</summary>
    /// <param name="key">What the token is for.</param>
    /// <param name="token">The entry.</param>
    /// <param name="cancellationToken">Ends the call when the time for the store is over.</param>
    ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default);
}
