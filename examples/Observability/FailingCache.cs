using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Observability;

/// <summary>A distributed cache in memory, in place of Redis, that can be down.</summary>
internal sealed class FailingCache : IDistributedCache
{
    private readonly MemoryDistributedCache _entries = new(Options.Create(new MemoryDistributedCacheOptions()));

    public bool IsDown { get; set; }

    private MemoryDistributedCache Entries => IsDown ? throw new IOException("The connection was refused.") : _entries;

    public byte[]? Get(string key) => Entries.Get(key);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Entries.GetAsync(key, token);

    public void Refresh(string key) => Entries.Refresh(key);

    public Task RefreshAsync(string key, CancellationToken token = default) => Entries.RefreshAsync(key, token);

    public void Remove(string key) => Entries.Remove(key);

    public Task RemoveAsync(string key, CancellationToken token = default) => Entries.RemoveAsync(key, token);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Entries.Set(key, value, options);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        Entries.SetAsync(key, value, options, token);
}
