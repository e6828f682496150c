using System.Collections.Concurrent;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Records the used ids of each issuer, with the request that used them. An id is removed once its assertion has expired and would be refused anyway.
/// </summary>
internal sealed class ReplayStore(TimeProvider time, TimeSpan skew)
{
    private const int SweepInterval = 1024;

    private readonly ConcurrentDictionary<(string Issuer, string Id), Use> _usedIds = new();
    private int _recorded;

    /// <summary>
    /// Records an id; returns null, or the number of the request that used it before. It is atomic: of concurrent calls with one id one succeeds.
    /// </summary>
    public int? FindOrRecord(string issuer, string id, DateTimeOffset expiresAt, int request)
    {
        if (Interlocked.Increment(ref _recorded) % SweepInterval == 0)
            Sweep();
        var use = new Use(request, expiresAt + skew);
        var first = _usedIds.GetOrAdd((issuer, id), use);
        return ReferenceEquals(first, use) ? null : first.Request;
    }

    /// <summary>Returns the number of the request that used an id; null if none did.</summary>
    public int? Find(string issuer, string id) => _usedIds.TryGetValue((issuer, id), out var use) ? use.Request : null;

    public int Count => _usedIds.Count;

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var entry in _usedIds)
            if (entry.Value.ForgetAt <= now)
                _usedIds.TryRemove(entry);
    }

    private sealed record Use(int Request, DateTimeOffset ForgetAt);
}
