using System.Collections.Concurrent;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>An in-memory shared store with serialized entries, whose calls a test can delay or make fail.</summary>
internal sealed class InMemoryTokenStore : ISharedTokenStore
{
    private readonly ConcurrentDictionary<string, byte[]> _entries = new();

    /// <summary>Runs before each call.</summary>
    public Func<CancellationToken, Task> BeforeCall { get; set; } = _ => Task.CompletedTask;

    /// <summary>Runs after each read, before the caller gets the entry.</summary>
    public Func<Task> AfterRead { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs after each entry that was stored.</summary>
    public Action OnStored { get; set; } = () => { };

    public ICollection<string> Keys => _entries.Keys;

    /// <summary>The number of calls of <see cref="GetAsync"/>.</summary>
    public int GetCalls { get; private set; }

    /// <summary>The only token.</summary>
    public AccessToken SingleToken => _entries.Values.Select(entry => SharedToken.FromBytes(entry)!.Token).OfType<AccessToken>().Single();

    /// <summary>The markers of revoked tokens.</summary>
    public IReadOnlyList<SharedToken> Markers => [.. _entries.Values.Select(entry => SharedToken.FromBytes(entry)!).Where(entry => entry.RevokedHash is not null)];

    public ICollection<byte[]> Values => _entries.Values;

    public async ValueTask<SharedToken?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        GetCalls++;
        await BeforeCall(cancellationToken);
        var found = _entries.TryGetValue(key, out var entry) ? SharedToken.FromBytes(entry) : null;
        await AfterRead();
        return found;
    }

    public async ValueTask SetAsync(string key, SharedToken token, CancellationToken cancellationToken = default)
    {
        await BeforeCall(cancellationToken);
        _entries[key] = token.ToBytes();
        OnStored();
    }
}
