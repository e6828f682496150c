using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Caching;

/// <summary>
/// Caches tokens and refreshes them (open first). It has one entry for the client as configured, and a table of entries for the requests that differ
/// from it. <see cref="RefreshSchedule"/> has the rule, <see cref="CacheEntry"/> applies it.
/// </summary>
internal sealed class CachedTokenSource : ITokenSource, ITokenStatusProvider, ITokenRejectionListener, IDisposable
{
    private readonly CancellationTokenSource _disposing = new();
    private readonly CoarseClock _clock;
    private readonly CacheEntry _default;
    private readonly CacheEntryTable _others;
    private readonly ClientAcquisitions _acquisitions;
    private readonly SharedTokens? _shared;
    private readonly CacheContext _uncached;
    private readonly ClientMetrics _metrics;
    private StripedCounter _calls = new();
    private long _misses, _reportedHits;

    public CachedTokenSource(CacheContext context)
    {
        context = context with { Disposed = _disposing.Token };
        (_clock, _acquisitions) = (context.Clock, context.Acquisitions);
        _default = new CacheEntry(TokenRequest.Default, context);
        _others = new CacheEntryTable(context);
        _shared = context.Shared;
        _uncached = context with { Shared = null, IsSingleUse = true };
        _metrics = context.Metrics;
        _metrics.ReadCache = Read;
    }

    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        if (!ReferenceEquals(request, TokenRequest.Default))
            return GetOtherAsync(request, cancellationToken);
        // The order keeps few values in registers, each of which costs time.
        _calls.Increment();
        var now = _clock.Now;
        return _default.FreshAt(now) is { } token ? new(token) : GetNotFreshAsync(_default, TokenRequest.Default, cancellationToken);
    }

    /// <summary>Acquires a token that is neither cached nor shared, for a server that accepts each token once.</summary>
    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    public ValueTask<AccessToken> GetUncachedAsync(TokenRequest request, CancellationToken cancellationToken) =>
        new(new CacheEntry(request, _uncached).GetOrRefresh(request, cancellationToken).Pending!);

    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(rejected);
        var cached = EntryFor(request, _clock.Now).Invalidate(rejected) ?? rejected;
        return _shared is null ? default : new(_shared.MarkAsync(cached.Value, cached.ExpiresAt).WaitAsync(cancellationToken));
    }

    public async ValueTask<AccessToken?> ReplaceAsync(TokenRequest request, AccessToken rejected, bool callerWaits, CancellationToken cancellationToken)
    {
        var pending = EntryFor(request, _clock.Now).ReplaceAsync(request, rejected, callerWaits, cancellationToken);
        if (!callerWaits)
            return null;
        return pending is null ? await GetTokenAsync(request, cancellationToken).ConfigureAwait(false) : await pending.ConfigureAwait(false);
    }

    /// <summary>
    /// Removes the token of a request, here and for all processes that do not have it yet, and returns it. With a second level there may be two: that of
    /// this process, and a later one of another process.
    /// </summary>
    public async Task<IReadOnlyList<AccessToken>> RemoveAsync(TokenRequest request)
    {
        var token = Take(request);
        return _shared is null ? token is null ? [] : [token] : await RemoveSharedAsync(_shared, request, token).ConfigureAwait(false);
    }

    /// <summary>Removes the tokens of all cached requests with a subject, like <see cref="RemoveAsync"/>, and their cache entries.</summary>
    public async Task<IReadOnlyList<AccessToken>> RemoveSubjectAsync(string subject)
    {
        var removed = _others.RemoveSubject(subject);
        if (_shared is null)
            return ExceptNull(removed.ConvertAll(entry => entry.Token));
        // The usual request of an application with a token for each user. Its entry may have been evicted here.
        var usual = new TokenRequest { Subject = subject };
        if (!removed.Exists(entry => entry.Request.Equals(usual)))
            removed.Add(new(usual, null));
        // All at once, so that each cached token is marked before this method waits.
        var tokens = await Task.WhenAll(removed.ConvertAll(entry => RemoveSharedAsync(_shared, entry.Request, entry.Token))).ConfigureAwait(false);
        var all = new List<AccessToken>();
        foreach (var ofRequest in tokens)
            all.AddRange(ofRequest);
        return all;
    }

    /// <summary>Prevents that another process adopts a token, of whose lifetime only the maximum is known.</summary>
    public Task MarkAsync(string token, TimeSpan maxLifetime) => _shared is null ? Task.CompletedTask : _shared.MarkAsync(token, maxLifetime);

    /// <summary>Removes the token of a request and returns it; null if there is none.</summary>
    public AccessToken? Take(TokenRequest request) => Find(request)?.Take();

    /// <summary>Removes all tokens and returns them.</summary>
    public IReadOnlyList<AccessToken> TakeAll() => ExceptNull(All().ConvertAll(entry => entry.Take()));

    /// <summary>Returns whether a valid token is cached.</summary>
    public bool HasToken() => All().Exists(entry => entry.Status().Freshness is Freshness.Fresh or Freshness.Stale);

    /// <summary>Returns the status of the token of the client as configured, without refreshing it.</summary>
    public EntryStatus Status() => _default.Status();

    /// <summary>Returns the status of the client over all its entries.</summary>
    public ClientStatus ClientStatus() => _acquisitions.Status();

    public TokenStatus GetStatus(TokenRequest? request = null) =>
        StatusComposition.Compose(_acquisitions.Status(), Find(request ?? TokenRequest.Default)?.Status() ?? EntryStatus.None);

    /// <summary>Cancels the refreshes under way. A caller that waits for one gets <see cref="ObjectDisposedException"/>. A second call has no effect.</summary>
    public void Dispose()
    {
        // The container and the client that owns this object both dispose it.
        if (_disposing.IsCancellationRequested)
            return;
        _metrics.Stop();
        _others.Dispose();
        _shared?.Dispose();
        _disposing.Cancel();
        _disposing.Dispose();
    }

    private async Task<IReadOnlyList<AccessToken>> RemoveSharedAsync(SharedTokens shared, TokenRequest request, AccessToken? cached)
    {
        var removed = await shared.RemoveAsync(request, cached).ConfigureAwait(false);
        foreach (var token in removed)
            Find(request)?.Discard(token);
        return removed;
    }

    private List<CacheEntry> All() => [.. _others.All(), _default];

    private static List<AccessToken> ExceptNull(List<AccessToken?> tokens)
    {
        var present = new List<AccessToken>(tokens.Count);
        foreach (var token in tokens)
            if (token is not null)
                present.Add(token);
        return present;
    }

    private CacheReading Read()
    {
        var status = GetStatus();
        return new(
            ReadHits(), Interlocked.Read(ref _misses), status.RemainingLifetime, status.Failures, status.NextAttemptIn, status.Health != TokenHealth.Unavailable, _others.Count,
            _others.IdleEvictions, _others.FullEvictions);
    }

    // A call is counted before it is a miss, so that the difference can be smaller than the last time. A count never decreases.
    private long ReadHits()
    {
        var hits = _calls.Value - Interlocked.Read(ref _misses);
        var reported = Interlocked.Read(ref _reportedHits);
        while (hits > reported)
        {
            var seen = Interlocked.CompareExchange(ref _reportedHits, hits, reported);
            if (seen == reported)
                return hits;
            reported = seen;
        }
        return reported;
    }

    private CacheEntry? Find(TokenRequest request) => request.Equals(TokenRequest.Default) ? _default : _others.Find(request);

    // A separate method, so that the just-in-time compiler optimizes the other one for the client as configured.
    private ValueTask<AccessToken> GetOtherAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _calls.Increment();
        // The entry before the clock, so that the memory access and the computation overlap.
        var entry = _others.Find(request);
        var now = _clock.Now;
        if (entry is null || !_others.TryUse(entry, now))
            entry = EntryFor(request, now);
        return entry.FreshAt(now) is { } token ? new(token) : GetNotFreshAsync(entry, request, cancellationToken);
    }

    private ValueTask<AccessToken> GetNotFreshAsync(CacheEntry entry, TokenRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (token, pending) = entry.GetOrRefresh(request, cancellationToken);
            if (token is not null)
                return new(token);
            if (pending is not null)
            {
                Interlocked.Increment(ref _misses);
                return new(pending);
            }
            // The entry was evicted after the look-up.
            entry = _others.FindOrAdd(request, _clock.Now);
        }
    }

    private CacheEntry EntryFor(TokenRequest request, long now) => request.Equals(TokenRequest.Default) ? _default : _others.FindOrAdd(request, now);
}
