namespace JwtGrantClient;

/// <summary>
/// A second level of the cache that the processes of a fleet share. A process that is due to refresh a token looks here first, and publishes the token
/// that it has acquired. If the store fails, or is slower than <see cref="CacheOptions.StoreTimeout"/>, the process sends a token request.
/// </summary>
/// <remarks>
/// An entry contains a token, or a marker that a token was revoked. A store outside of the process must encrypt and authenticate it, including its key. The package
/// JwtGrantClient.Distributed does this over any IDistributedCache.
/// </remarks>
public interface ISharedTokenStore
{
    /// <summary>
    /// Returns the entry, or null if there is none that can be read. If the store cannot be asked, the method throws: null means that a token was not
    /// revoked. The method must be safe for concurrent use.
    /// </summary>
    /// <param name="key">The key: a hash of letters and digits, which reveals nothing about the token.</param>
    /// <param name="cancellationToken">Canceled after <see cref="CacheOptions.StoreTimeout"/>.</param>
    ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds or replaces the entry. It may be removed after <see cref="SharedToken.Lifetime"/>, and not before: a marker prevents that a revoked token is
    /// used. If the entry is not stored, the method throws. The method must be safe for concurrent use.
    /// </summary>
    /// <param name="key">The key: a hash of letters and digits.</param>
    /// <param name="token">The entry.</param>
    /// <param name="cancellationToken">Canceled after <see cref="CacheOptions.StoreTimeout"/>.</param>
    ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default);
}
