namespace JwtGrantClient.Testing;

/// <summary>Remembers values until their time, under one short lock: seen jtis, authorization codes, issued tokens.</summary>
internal sealed class ExpiringMap<TKey, TValue>(TimeProvider clock)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TValue> _values = [];
    private readonly PriorityQueue<TKey, DateTimeOffset> _byExpiry = new();

    /// <summary>Inserts if absent, atomically: of any number of callers with one key, one gets true.</summary>
    public bool TryAdd(TKey key, TValue value, DateTimeOffset until)
    {
        lock (_gate)
        {
            Forget(clock.GetUtcNow());
            if (!_values.TryAdd(key, value))
                return false;
            _byExpiry.Enqueue(key, until);
            return true;
        }
    }

    public bool TryGet(TKey key, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            Forget(clock.GetUtcNow());
            return _values.TryGetValue(key, out value);
        }
    }

    public IReadOnlyList<TValue> Values
    {
        get
        {
            lock (_gate)
                return [.. _values.Values];
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (_byExpiry.TryPeek(out var key, out var until) && until <= now)
        {
            _byExpiry.Dequeue();
            _values.Remove(key);
        }
    }
}
