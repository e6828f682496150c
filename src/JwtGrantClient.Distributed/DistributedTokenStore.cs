using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace JwtGrantClient.Distributed;

/// <summary>Keeps the tokens of a fleet in a distributed cache, each encrypted for its key alone. Start reading here.</summary>
internal sealed class DistributedTokenStore(
    IDistributedCache cache, IDataProtectionProvider protection, StoreCircuitBreaker breaker, UnreadableEntryLog unreadable, string keyPrefix)
    : ISharedTokenStore
{
    // Never to change: what was protected under other purposes cannot be read.
    private const string Purpose = "JwtGrantClient.Distributed", Version = "v1";

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var entry = await breaker.CallAsync(
            static (read, cancellation) => read.cache.GetAsync(read.Key, cancellation), (cache, Key: keyPrefix + key), cancellationToken).ConfigureAwait(false);
        return entry is null ? null : Read(key, entry);
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(token);
        var entry = ProtectorFor(key).Protect(token.ToBytes());
        var expiry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = token.Lifetime };
        await breaker.CallAsync(
            static async (write, cancellation) =>
            {
                await write.cache.SetAsync(write.Key, write.entry, write.expiry, cancellation).ConfigureAwait(false);
                return true;
            },
            (cache, Key: keyPrefix + key, entry, expiry),
            cancellationToken).ConfigureAwait(false);
    }

    // The key is a purpose too: an entry that somebody moved to the key of another request does not open.
    private IDataProtector ProtectorFor(string key) => protection.CreateProtector(Purpose, Version, key);

    // Garbage, an entry of another key ring or of another key: all of that is as if there were none, and is overwritten.
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
