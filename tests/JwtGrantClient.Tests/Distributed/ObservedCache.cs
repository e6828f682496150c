using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Caching.Distributed;

namespace JwtGrantClient.Tests.Distributed;

/// <summary>A distributed cache whose entries a test can observe and whose calls a test can make fail.</summary>
internal sealed class ObservedCache(IDistributedCache inner) : IDistributedCache
{
    private readonly Channel<(string Key, byte[] Entry)> _stored = Channel.CreateUnbounded<(string, byte[])>();

    /// <summary>The exception that each call throws; null for none.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Returns the next entry that was stored, or waits for it.</summary>
    public Task<(string Key, byte[] Entry)> NextStoredAsync() => _stored.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WithTimeout();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        ThrowIfFailing();
        return await inner.GetAsync(key, token);
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ThrowIfFailing();
        try
        {
            await inner.SetAsync(key, value, options, token);
            _stored.Writer.TryWrite((key, value));
        }
        catch (Exception e)
        {
            _stored.Writer.TryComplete(e);
            throw;
        }
    }

    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    private void ThrowIfFailing()
    {
        if (Failure is { } failure)
            throw failure;
    }
}
