using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Stores values that are worthless after a time, by a 128-bit hash of their text. Expired values are removed whenever the table has doubled, so it holds
/// at most twice the values that are valid, and adding one takes constant time on average.
/// </summary>
internal sealed class ExpiringTable<TValue>(TimeProvider time)
{
    private const int MinSweep = 1024;

    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();
    private readonly Lock _sweep = new();
    private int _addedUntilSweep = MinSweep;

    public int Count => _entries.Count;

    /// <summary>
    /// Adds a value; returns false if its key has one that has not expired. It is atomic: of concurrent calls with one key one succeeds.
    /// </summary>
    public bool TryAdd(UInt128 key, TValue value, DateTimeOffset forgetAt)
    {
        if (Interlocked.Decrement(ref _addedUntilSweep) == 0)
            Sweep();
        var added = new Entry(value, forgetAt);
        while (!_entries.TryAdd(key, added))
        {
            if (!_entries.TryGetValue(key, out var existing))
                continue;
            if (existing.ForgetAt > time.GetUtcNow())
                return false;
            if (_entries.TryUpdate(key, added, existing))
                break;
        }
        return true;
    }

    /// <summary>Finds a value, which may have expired.</summary>
    public bool TryGet(UInt128 key, [MaybeNullWhen(false)] out TValue value)
    {
        var isFound = _entries.TryGetValue(key, out var entry);
        value = entry.Value;
        return isFound;
    }

    public void Remove(UInt128 key) => _entries.TryRemove(key, out _);

    public void Clear() => _entries.Clear();

    private void Sweep()
    {
        lock (_sweep)
        {
            var now = time.GetUtcNow();
            var kept = 0;
            foreach (var (key, entry) in _entries)
            {
                if (entry.ForgetAt <= now)
                    _entries.TryRemove(key, out _);
                else
                    kept++;
            }
            Volatile.Write(ref _addedUntilSweep, Math.Max(kept, MinSweep));
        }
    }

    private readonly record struct Entry(TValue Value, DateTimeOffset ForgetAt);
}
