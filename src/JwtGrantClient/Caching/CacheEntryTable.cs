using System.Runtime.CompilerServices;

namespace JwtGrantClient.Caching;

/// <summary>Which entries are evicted.</summary>
internal enum Eviction
{
    /// <summary>Those without a refresh, a backoff and a throttle.</summary>
    Idle,

    /// <summary>Those without a refresh that a caller waits for.</summary>
    NotAwaited,
}

/// <summary>
/// The entries of the requests that differ from the client as configured: a bounded hash table that is read without a lock and evicts the least
/// recently used entries. One timer, which runs only while there are entries, evicts unused ones.
/// </summary>
/// <remarks>
/// A reader during a change may miss an entry, but never finds a wrong one. A miss is repeated under the lock. The chains link the entries themselves,
/// because each further object costs a cache miss: with 100,000 entries in random order a look-up takes no longer than that of a bare
/// ConcurrentDictionary, including the clock. Entries in such a dictionary took 1.5 times as long, and BitFaster.Caching's ConcurrentLru 2.0 times,
/// with 208 bytes per entry instead of 130.
/// </remarks>
internal sealed class CacheEntryTable(CacheContext context) : IDisposable
{
    private readonly long _idleTime = context.Cache.IdleTime.Ticks;
    private readonly Lock _changing = new();
    private CacheEntry?[] _chains = new CacheEntry?[4];
    private ITimer? _timer;
    private bool _isDisposed, _isAboveBound;
    private int _count, _evictAt = context.Cache.MaxEntries;

    private long _idleEvictions, _fullEvictions;

    // Each new entry advances the stamps by one tick, so that their order is correct even if the clock does not advance.
    private long _added;

    /// <summary>Gets the number of entries.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Gets how many entries were evicted because they were not used.</summary>
    public long IdleEvictions => Interlocked.Read(ref _idleEvictions);

    /// <summary>Gets how many entries were evicted to make room for others.</summary>
    public long FullEvictions => Interlocked.Read(ref _fullEvictions);

    /// <summary>Returns the entry of a request without recording its use; null if there is none.</summary>
    public CacheEntry? Find(TokenRequest request) => Find(request, Volatile.Read(ref _chains));

    /// <summary>Records that an entry is used, unless it has been idle for too long: then it counts as evicted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryUse(CacheEntry entry, long now)
    {
        var stamp = now + _added;
        if (IsIdle(entry, stamp))
            return false;
        entry.LastUsed = stamp;
        return true;
    }

    /// <summary>Returns the entry of a request, or adds one.</summary>
    public CacheEntry FindOrAdd(TokenRequest request, long now)
    {
        lock (_changing)
        {
            var stamp = now + ++_added;
            var entry = Find(request, _chains);
            if (entry is not null && IsIdle(entry, stamp) && TryRemove(entry, now, Eviction.Idle))
            {
                Interlocked.Increment(ref _idleEvictions);
                entry = null;
            }
            entry ??= Add(request, now, stamp);
            entry.LastUsed = stamp;
            return entry;
        }
    }

    /// <summary>Returns the current entries.</summary>
    public IReadOnlyList<CacheEntry> All()
    {
        lock (_changing)
            return Entries();
    }

    /// <summary>
    /// Removes the entries of a subject and returns their requests and valid tokens. The token of a refresh under way is not cached: it could be of a user who has
    /// signed out meanwhile.
    /// </summary>
    public List<RemovedEntry> RemoveSubject(string subject)
    {
        var removed = new List<RemovedEntry>();
        lock (_changing)
        {
            foreach (var entry in Entries())
            {
                if (entry.Request.Subject != subject)
                    continue;
                removed.Add(new(entry.Request, entry.Forget()));
                Unlink(entry);
            }
        }
        return removed;
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

    // So many entries are evicted at once, to share the cost of sorting.
    private int EvictionBatch => Math.Max(1, context.Cache.MaxEntries / 16);

    private bool IsIdle(CacheEntry entry, long stamp) => stamp - entry.LastUsed >= _idleTime;

    private CacheEntry Add(TokenRequest request, long now, long stamp)
    {
        if (_count >= _evictAt)
            Evict(now, stamp, context.Cache.MaxEntries - EvictionBatch);
        var entry = new CacheEntry(request.WithoutTokenTexts(), context);
        // At most half full: a second entry in a chain is a second cache miss.
        if (++_count > _chains.Length / 2)
            Grow();
        Link(entry, _chains);
        _timer ??= _isDisposed ? null : BackgroundWork.CreateTimer(context.Time, Sweep, context.Cache.IdleTime);
        if (_count > context.Cache.MaxEntries && !_isAboveBound)
        {
            _isAboveBound = true;
            _timer?.Change(NextSweep, Timeout.InfiniteTimeSpan);
        }
        return entry;
    }

    private void Grow()
    {
        var larger = new CacheEntry?[_chains.Length * 2];
        foreach (var entry in Entries())
            Link(entry, larger);
        Volatile.Write(ref _chains, larger);
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

    // Above the bound soon, because the refreshes that kept the entries end without a further call. A large table is sorted less often.
    private TimeSpan NextSweep => _isAboveBound ? TimeSpan.FromSeconds(2 + _count / 100_000) : context.Cache.IdleTime;

    private bool TryRemove(CacheEntry entry, long now, Eviction eviction)
    {
        if (!entry.TryEvict(now, eviction))
            return false;
        Unlink(entry);
        return true;
    }

    private void Unlink(CacheEntry entry)
    {
        ref var link = ref _chains[entry.Hash & (_chains.Length - 1)];
        while (link != entry)
            link = ref link!.Next;
        Volatile.Write(ref link, entry.Next);
        _count--;
    }

    /// <summary>
    /// Evicts idle entries, and others until <paramref name="target"/> are left. An entry that callers wait for stays. One in backoff, and one whose callers
    /// have all canceled, stays unless the table has more than twice its bound.
    /// </summary>
    private void Evict(long now, long stamp, int target)
    {
        var bound = context.Cache.MaxEntries;
        CacheEntry[] entries = [.. Entries()];
        // A copy of the stamps: other threads change them, and the sort would throw if their order changed meanwhile.
        Array.Sort(Array.ConvertAll(entries, static entry => entry.LastUsed), entries);
        foreach (var entry in entries)
        {
            var isIdle = IsIdle(entry, stamp);
            if ((isIdle || _count > target) && TryRemove(entry, now, _count > 2 * bound ? Eviction.NotAwaited : Eviction.Idle))
                Interlocked.Increment(ref isIdle ? ref _idleEvictions : ref _fullEvictions);
        }
        _evictAt = Math.Max(bound, _count + EvictionBatch);
    }

    private void Sweep()
    {
        lock (_changing)
        {
            var now = context.Clock.Now;
            Evict(now, now + _added, context.Cache.MaxEntries);
            _isAboveBound = _count > context.Cache.MaxEntries;
            if (_count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
            else
                _timer?.Change(NextSweep, Timeout.InfiniteTimeSpan);
        }
    }
}

/// <summary>An entry that was removed.</summary>
/// <param name="Request">What its token is for.</param>
/// <param name="Token">Its token; null if it had none.</param>
internal sealed record RemovedEntry(TokenRequest Request, AccessToken? Token);
