using System.Collections.Concurrent;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A store that processes would share: entries as bytes, and whatever else a test wants it to do.</summary>
internal sealed class InMemoryTokenStore : ISharedTokenStore
{
    private readonly ConcurrentDictionary<string, byte[]> _entries = new();

    /// <summary>What happens before each call is answered.</summary>
    public Func<CancellationToken, Task> Before { get; set; } = _ => Task.CompletedTask;

    public ICollection<string> Keys => _entries.Keys;

    /// <summary>How often a token was looked for.</summary>
    public int Looks { get; private set; }

    /// <summary>The one entry that there is.</summary>
    public SharedToken Only => SharedToken.FromBytes(_entries.Values.Single())!;

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        Looks++;
        await Before(cancellationToken);
        return _entries.TryGetValue(key, out var entry) ? SharedToken.FromBytes(entry) : null;
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        await Before(cancellationToken);
        _entries[key] = token.ToBytes();
    }
}
