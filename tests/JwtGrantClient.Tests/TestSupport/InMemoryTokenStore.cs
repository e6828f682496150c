using System.Collections.Concurrent;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A store that processes would share: entries as bytes, and whatever else a test wants it to do.</summary>
internal sealed class InMemoryTokenStore : ISharedTokenStore
{
    private readonly ConcurrentDictionary<string, byte[]> _entries = new();

    /// <summary>What happens before each call is answered.</summary>
    public Func<CancellationToken, Task> BeforeCall { get; set; } = _ => Task.CompletedTask;

    public ICollection<string> Keys => _entries.Keys;

    /// <summary>How often a token was looked for.</summary>
    public int GetCalls { get; private set; }

    /// <summary>The one entry that there is.</summary>
    public SharedToken SingleEntry => SharedToken.FromBytes(_entries.Values.Single())!;

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        GetCalls++;
        await BeforeCall(cancellationToken);
        return _entries.TryGetValue(key, out var entry) ? SharedToken.FromBytes(entry) : null;
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        await BeforeCall(cancellationToken);
        _entries[key] = token.ToBytes();
    }
}
