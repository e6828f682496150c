using System.Runtime.CompilerServices;

namespace JwtGrantClient.Caching;

/// <summary>
/// The entries of the requests that differ from the client as configured: a hash table that is read without a lock, bounded, least recently
/// used out first. Entries nobody asks for are evicted after a time, by one timer for all that runs only while there are any.
/// </summary>
/// <remarks>
/// A reader that meets a change may miss an entry that is there, never find a wrong one; what it missed is looked for again under the
/// lock. The chains run through the entries themselves, because each further object on the way costs a cache miss: with 100,000 entries in
/// random order a look-up takes no longer than that of a bare ConcurrentDictionary, the clock included; entries in such a dictionary took 1.5
/// times as long, and BitFaster.Caching's ConcurrentLru 2.0 times and 208 bytes for each entry in place of 130.
/// </remarks>
internal sealed class CacheEntryTable(CacheContext context) : IDisposable
{
    private readonly long _idleTime = context.Cache.IdleTime.Ticks;
    private readonly Lock _changing = new();
    private CacheEntry?[] _chains = new CacheEntry?[4];
    private ITimer? _timer;
    private bool _isDisposed;
    private int _count, _evictAt = context.Cache.MaxEntries;

    // Moves the stamps of use on by a tick for each newcomer, so that they tell before from after even while the clock stands.
    private long _newcomers;

    /// <summary>The entry of a request, whose use is not noted yet; null where there is none.</summary>
    public CacheEntry? Find(TokenRequest request) => Find(request, Volatile.Read(ref _chains));

    /// <summary>Notes that a entry is used, unless it has been idle for too long: then it is as good as gone.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUse(CacheEntry entry, long now)
    {
        var stamp = now + _newcomers;
        if (IsIdle(entry, stamp))
            return false;
        entry.LastUsed = stamp;
        return true;
    }

    /// <summary>The entry of a request, made where there is none.</summary>
    public CacheEntry FindOrAdd(TokenRequest request, long now)
    {
        lock (_changing)
        {
            var stamp = now + ++_newcomers;
            var entry = Find(request, _chains);
            if (entry is not null && IsIdle(entry, stamp) && TryRemove(entry, now, force: false))
                entry = null;
            entry ??= Add(request, now, stamp);
            entry.LastUsed = stamp;
            return entry;
        }
    }

    /// <summary>The entries of the moment.</summary>
    public IReadOnlyList<CacheEntry> All()
    {
        lock (_changing)
            return Entries();
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
        for (var entry = Volatile.Read(ref chains[hash & (chains.Length - 1)]); entry is not null; entry = entry.Next)
            if (entry.IsFor(request, hash))
                return entry;
        return null;
    }

    // As many make room at once, so that they share the sorting.
    private int Share => Math.Max(1, context.Cache.MaxEntries / 16);

    private bool IsIdle(CacheEntry entry, long stamp) => stamp - entry.LastUsed >= _idleTime;

    private CacheEntry Add(TokenRequest request, long now, long stamp)
    {
        if (_count >= _evictAt)
            Evict(now, stamp, context.Cache.MaxEntries - Share);
        var entry = new CacheEntry(request, context);
        // Never more than half full: a second entry in a chain is a second cache miss.
        if (++_count > _chains.Length / 2)
            Grow();
        Link(entry, _chains);
        _timer ??= _isDisposed ? null : BackgroundWork.CreateTimer(context.Time, Sweep, context.Cache.IdleTime);
        return entry;
    }

    private void Grow()
    {
        var wider = new CacheEntry?[_chains.Length * 2];
        foreach (var entry in Entries())
            Link(entry, wider);
        Volatile.Write(ref _chains, wider);
    }

    private static void Link(CacheEntry entry, CacheEntry?[] chains)
    {
        ref var head = ref chains[entry.Hash & (chains.Length - 1)];
        entry.Next = head;
        Volatile.Write(ref head, entry);
    }

    private List<CacheEntry> Entries()
    {
        var entries = new List<CacheEntry>(_count);
        foreach (var head in _chains)
            for (var entry = head; entry is not null; entry = entry.Next)
                entries.Add(entry);
        return entries;
    }

    private bool TryRemove(CacheEntry entry, long now, bool force)
    {
        if (!entry.TryEvict(now, force))
            return false;
        ref var link = ref _chains[entry.Hash & (_chains.Length - 1)];
        while (link != entry)
            link = ref link!.Next;
        Volatile.Write(ref link, entry.Next);
        _count--;
        return true;
    }

    /// <summary>
    /// Removes the idle, and others until <paramref name="most"/> are left. An entry that is being refreshed stays, and so does one in backoff, as long as that is not more than the bound itself.
    /// </summary>
    private void Evict(long now, long stamp, int most)
    {
        var bound = context.Cache.MaxEntries;
        var entries = Entries();
        entries.Sort(static (one, other) => one.LastUsed.CompareTo(other.LastUsed));
        foreach (var entry in entries)
            if (_count > most || IsIdle(entry, stamp))
                TryRemove(entry, now, force: _count > 2 * bound);
        _evictAt = Math.Max(bound, _count + Share);
    }

    private void Sweep()
    {
        lock (_changing)
        {
            var now = context.Clock.Now;
            Evict(now, now + _newcomers, context.Cache.MaxEntries);
            if (_count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
            else
                _timer?.Change(context.Cache.IdleTime, Timeout.InfiniteTimeSpan);
        }
    }
}
