using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace JwtGrantClient.Distributed;

/// <summary>
/// Stores tokens in a distributed cache that several processes share. Each token is encrypted and can be read only under its own key. Start
/// reading here.
/// </summary>
internal sealed class DistributedTokenStore(
    IDistributedCache cache, IDataProtectionProvider protection, StoreCircuitBreaker breaker, UnreadableEntryLog unreadable, string keyPrefix)
    : ISharedTokenStore
{
    // Do not change these: entries that were protected for other purposes cannot be read.
    private const string Purpose = "JwtGrantClient.Distributed", Version = "v1";

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var (isCalled, entry) = await breaker.CallAsync(
            static async (read, cancellation) => (true, await read.cache.GetAsync(read.Key, cancellation).ConfigureAwait(false)),
            (cache, Key: keyPrefix + key),
            cancellationToken).ConfigureAwait(false);
        return !isCalled ? throw NotCalled() : entry is null ? null : Read(key, entry);
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        var entry = ProtectorFor(key).Protect(token.ToBytes());
        var expiry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = token.Lifetime };
        var isCalled = await breaker.CallAsync(
            static async (write, cancellation) =>
            {
                await write.cache.SetAsync(write.Key, write.entry, write.expiry, cancellation).ConfigureAwait(false);
                return true;
            },
            (cache, Key: keyPrefix + key, entry, expiry),
            cancellationToken).ConfigureAwait(false);
        if (!isCalled)
            throw NotCalled();
    }

    // Without an exception, a cache that was not asked would mean that a token is not revoked.
    private static InvalidOperationException NotCalled() => new("The distributed cache is not called, because its circuit breaker is open.");

    // The key is part of the purposes, so an entry that is copied to the key of another request cannot be decrypted.
    private IDataProtector ProtectorFor(string key) => protection.CreateProtector(Purpose, Version, key);

    // Invalid data, and an entry of another key ring or of another key, count as no entry and are overwritten.
    private SharedToken? Read(string key, byte[] entry)
    {
        try
        {
            var token = SharedToken.FromBytes(ProtectorFor(key).Unprotect(entry));
            if (token is null)
                unreadable.Report(reason: null);
            return token;
        }
        catch (CryptographicException e)
        {
            unreadable.Report(e);
            return null;
        }
    }
}
