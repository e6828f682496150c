namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Objects that several clients share as long as one of them is in use. The table does not keep its values alive, so that it does not grow with the number of
/// servers that were ever used.
/// </summary>
internal sealed class WeakTable<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    private const int MinimumCleanup = 64;

    private readonly Lock _changing = new();
    private readonly Dictionary<TKey, WeakReference<TValue>> _values = [];
    private int _cleanAt = MinimumCleanup;

    /// <summary>Gets the number of entries, including those whose value is no longer in use and was not removed yet.</summary>
    public int Count
    {
        get
        {
            lock (_changing)
                return _values.Count;
        }
    }

    /// <summary>Returns the value of a key, or creates one if there is none that is in use.</summary>
    public TValue GetOrAdd<TState>(TKey key, TState state, Func<TKey, TState, TValue> create)
    {
        lock (_changing)
        {
            if (_values.TryGetValue(key, out var reference) && reference.TryGetTarget(out var value))
                return value;
            if (_values.Count >= _cleanAt)
                RemoveUnused();
            value = create(key, state);
            _values[key] = new(value);
            return value;
        }
    }

    /// <summary>Returns the values that are in use.</summary>
    public List<TValue> All()
    {
        var all = new List<TValue>();
        lock (_changing)
            foreach (var reference in _values.Values)
                if (reference.TryGetTarget(out var value))
                    all.Add(value);
        return all;
    }

    // After each doubling, so that the cost of one addition does not depend on the number of entries.
    private void RemoveUnused()
    {
        foreach (var (key, reference) in _values)
            if (!reference.TryGetTarget(out _))
                _values.Remove(key);
        _cleanAt = Math.Max(MinimumCleanup, _values.Count * 2);
    }
}
