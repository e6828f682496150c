using System.Collections.Concurrent;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>An in-memory shared store with serialized entries, whose calls a test can delay or make fail.</summary>
internal sealed class InMemoryTokenStore : ISharedTokenStore
{
    private readonly ConcurrentDictionary<string, byte[]> _entries = new();

    /// <summary>Runs before each call.</summary>
    public Func<CancellationToken, Task> BeforeCall { get; set; } = _ => Task.CompletedTask;

    public ICollection<string> Keys => _entries.Keys;

    /// <summary>The number of calls of <see cref="GetAsync"/>.</summary>
    public int GetCalls { get; private set; }

    /// <summary>The only entry.</summary>
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
