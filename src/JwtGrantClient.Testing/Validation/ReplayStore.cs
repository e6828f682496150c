using System.Collections.Concurrent;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Ids that were used up (S16), by issuer: kept until the assertion could no longer pass anyway.</summary>
internal sealed class ReplayStore(TimeProvider time, TimeSpan skew)
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<(string Issuer, string Id), DateTimeOffset> _seen = new();
    private int _recorded;

    /// <summary>Records an id, if it was not seen before: one atomic step, so that of fifty equal requests one passes.</summary>
    public bool TryRecord(string issuer, string id, DateTimeOffset expiresAt)
    {
        if (Interlocked.Increment(ref _recorded) % SweepEvery == 0)
            Sweep();
        return _seen.TryAdd((issuer, id), expiresAt + skew);
    }

    public int Count => _seen.Count;

    private void Sweep()
    {
        var now = time.GetUtcNow();
        foreach (var entry in _seen)
            if (entry.Value <= now)
                _seen.TryRemove(entry);
    }
}
