using System.Runtime.CompilerServices;

namespace JwtGrantClient.Caching;

/// <summary>The bounds of the table, validated.</summary>
internal sealed record TableSettings(int MaximumEntries, TimeSpan IdleTime)
{
    public static TableSettings Of(CacheOptions options) => new(options.MaximumEntries, options.IdleTime);
}

/// <summary>
/// The slots of the requests that differ from the client as configured: a hash table that is read without a lock, bounded, least recently
/// used out first. Entries nobody asks for leave after a time, by one timer for all that runs only while there are any.
/// </summary>
/// <remarks>
/// A reader that meets a change may miss an entry that is there, never find a wrong one; what it missed is looked for again under the
/// lock. The chains run through the slots themselves, because each further object on the way costs a cache miss: with 100,000 entries in
/// random order a look-up takes 0.8 times that of a ConcurrentDictionary, the clock included; slots in such a dictionary took 1.5 times, and
/// BitFaster.Caching's ConcurrentLru 2.0 times and 208 bytes for each entry in place of 130.
/// </remarks>
internal sealed class CacheEntryTable(CacheContext context) : IDisposable
{
    private readonly long _idleTime = context.Table.IdleTime.Ticks;
    private readonly Lock _changing = new();
    private CacheEntry?[] _chains = new CacheEntry?[4];
    private ITimer? _timer;
    private bool _isDisposed;
    private int _count, _evictAt = context.Table.MaximumEntries;

    // Moves the stamps of use on by a tick for each newcomer, so that they tell before from after even while the clock stands.
    private long _newcomers;

    /// <summary>How many entries there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The slot of a request, whose use is not noted yet; null where there is none.</summary>
    public CacheEntry? Find(TokenRequest request) => Find(request, Volatile.Read(ref _chains));

    /// <summary>Notes that a slot is used, unless it has been idle for too long: then it is as good as gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUse(CacheEntry slot, long now)
    {
        var stamp = now + _newcomers;
        if (IsIdle(slot, stamp))
            return false;
        slot.LastUsed = stamp;
        return true;
    }

    /// <summary>The slot of a request, made where there is none.</summary>
    public CacheEntry FindOrAdd(TokenRequest request, long now)
    {
        lock (_changing)
        {
            var stamp = now + ++_newcomers;
            var slot = Find(request, _chains);
            if (slot is not null && IsIdle(slot, stamp) && TryRemove(slot, now, evenGated: false))
                slot = null;
            slot ??= Add(request, now, stamp);
            slot.LastUsed = stamp;
            return slot;
        }
    }

    /// <summary>The slots of the moment.</summary>
    public IReadOnlyList<CacheEntry> All()
    {
        lock (_changing)
            return Slots();
    }

    public void Dispose()
    {
        lock (_changing)
        {
            _isDisposed = true;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private static CacheEntry? Find(TokenRequest request, CacheEntry?[] chains)
    {
        var hash = request.GetHashCode();
        for (var slot = Volatile.Read(ref chains[hash & (chains.Length - 1)]); slot is not null; slot = slot.Next)
            if (slot.IsFor(request, hash))
                return slot;
        return null;
    }

    // As many make room at once, so that they share the sorting.
    private int Share => Math.Max(1, context.Table.MaximumEntries / 16);

    private bool IsIdle(CacheEntry slot, long stamp) => stamp - slot.LastUsed >= _idleTime;

    private CacheEntry Add(TokenRequest request, long now, long stamp)
    {
        if (_count >= _evictAt)
            Evict(now, stamp, context.Table.MaximumEntries - Share);
        var slot = new CacheEntry(request, context);
        // Never more than half full: a second slot in a chain is a second cache miss.
        if (++_count > _chains.Length / 2)
            Grow();
        Link(slot, _chains);
        _timer ??= _isDisposed ? null : Detached.Timer(context.Time, Sweep, context.Table.IdleTime);
        return slot;
    }

    private void Grow()
    {
        var wider = new CacheEntry?[_chains.Length * 2];
        foreach (var slot in Slots())
            Link(slot, wider);
        Volatile.Write(ref _chains, wider);
    }

    private static void Link(CacheEntry slot, CacheEntry?[] chains)
    {
        ref var head = ref chains[slot.Hash & (chains.Length - 1)];
        slot.Next = head;
        Volatile.Write(ref head, slot);
    }

    private List<CacheEntry> Slots()
    {
        var slots = new List<CacheEntry>(_count);
        foreach (var head in _chains)
            for (var slot = head; slot is not null; slot = slot.Next)
                slots.Add(slot);
        return slots;
    }

    private bool TryRemove(CacheEntry slot, long now, bool evenGated)
    {
        if (!slot.TryLeave(now, evenGated))
            return false;
        ref var link = ref _chains[slot.Hash & (_chains.Length - 1)];
        while (link != slot)
            link = ref link!.Next;
        Volatile.Write(ref link, slot.Next);
        _count--;
        return true;
    }

    /// <summary>
    /// Removes the idle, and others until <paramref name="most"/> are left. What flies stays, and so does what the server or an API has
    /// just refused, as long as that is not more than the bound itself.
    /// </summary>
    private void Evict(long now, long stamp, int most)
    {
        var bound = context.Table.MaximumEntries;
        var slots = Slots();
        slots.Sort(static (one, other) => one.LastUsed.CompareTo(other.LastUsed));
        foreach (var slot in slots)
            if (_count > most || IsIdle(slot, stamp))
                TryRemove(slot, now, evenGated: _count > 2 * bound);
        _evictAt = Math.Max(bound, _count + Share);
    }

    private void Sweep()
    {
        lock (_changing)
        {
            var now = context.Clock.Now;
            Evict(now, now + _newcomers, context.Table.MaximumEntries);
            if (_count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
            else
                _timer?.Change(context.Table.IdleTime, Timeout.InfiniteTimeSpan);
        }
    }
}
