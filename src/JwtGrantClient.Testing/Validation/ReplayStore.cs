using System.Collections.Concurrent;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Records the used ids of each issuer. An id is removed once its assertion has expired and would be refused anyway.</summary>
internal sealed class ReplayStore(TimeProvider time, TimeSpan skew)
{
    private const int SweepInterval = 1024;

    private readonly ConcurrentDictionary<(string Issuer, string Id), DateTimeOffset> _usedIds = new();
    private int _recorded;

    /// <summary>Records an id; returns false if it was recorded before. It is atomic: of concurrent calls with one id one succeeds.</summary>
    public bool TryRecord(string issuer, string id, DateTimeOffset expiresAt)
    {
        if (Interlocked.Increment(ref _recorded) % SweepInterval == 0)
            Sweep();
        return _usedIds.TryAdd((issuer, id), expiresAt + skew);
    }

    /// <summary>Returns whether an id was recorded.</summary>
    public bool Contains(string issuer, string id) => _usedIds.ContainsKey((issuer, id));

    public int Count => _usedIds.Count;

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var entry in _usedIds)
            if (entry.Value <= now)
                _usedIds.TryRemove(entry);
    }
}
