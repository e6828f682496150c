namespace JwtGrantClient.Caching;

/// <summary>
/// Caches tokens and refreshes them (open first). It has one entry for the client as configured, and a table of entries for the requests that differ
/// from it. <see cref="RefreshSchedule"/> has the rule, <see cref="CacheEntry"/> applies it.
/// </summary>
internal sealed class CachedTokenSource : ITokenSource, IDisposable
{
    private readonly CancellationTokenSource _disposing = new();
    private readonly CoarseClock _clock;
    private readonly CacheEntry _default;
    private readonly CacheEntryTable _others;

    public CachedTokenSource(CacheContext context)
    {
        context = context with { Disposed = _disposing.Token };
        _clock = context.Clock;
        _default = new CacheEntry(TokenRequest.Default, context);
        _others = new CacheEntryTable(context);
    }

    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default)
    {
        if (!ReferenceEquals(request, TokenRequest.Default))
            return GetOtherAsync(request, cancellationToken);
        return _default.FreshAt(_clock.Now) is { } token ? new(token) : GetNotFreshAsync(_default, cancellationToken);
    }

    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(rejected);
        EntryFor(request, _clock.Now).Invalidate(rejected);
        return default;
    }

    /// <summary>Removes the token of a request and returns it; null if there is none.</summary>
    public AccessToken? Take(TokenRequest request) =>
        (request.Equals(TokenRequest.Default) ? _default : _others.Find(request))?.Take();

    /// <summary>Removes all tokens and returns them.</summary>
    public IReadOnlyList<AccessToken> TakeAll() => [.. _others.All().Append(_default).Select(entry => entry.Take()).OfType<AccessToken>()];

    /// <summary>Returns the status of the token of the client as configured, without refreshing it.</summary>
    public TokenStatus Status() => _default.Status();

    /// <summary>Cancels the refreshes under way. A caller that waits for one gets <see cref="ObjectDisposedException"/>. A second call has no effect.</summary>
    public void Dispose()
    {
        // The container and the client that owns this object both dispose it.
        if (_disposing.IsCancellationRequested)
            return;
        _others.Dispose();
        _disposing.Cancel();
        _disposing.Dispose();
    }

    // A separate method, so that the just-in-time compiler optimizes the other one for the client as configured.
    private ValueTask<AccessToken> GetOtherAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The entry before the clock, so that the memory access and the computation overlap.
        var entry = _others.Find(request);
        var now = _clock.Now;
        if (entry is null || !_others.TryUse(entry, now))
            entry = EntryFor(request, now);
        return entry.FreshAt(now) is { } token ? new(token) : GetNotFreshAsync(entry, cancellationToken);
    }

    private ValueTask<AccessToken> GetNotFreshAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (token, pending) = entry.GetOrRefresh(cancellationToken);
            if (token is not null)
                return new(token);
            if (pending is not null)
                return new(pending);
            // The entry was evicted after the look-up.
            entry = _others.FindOrAdd(entry.Request, _clock.Now);
        }
    }

    private CacheEntry EntryFor(TokenRequest request, long now) => request.Equals(TokenRequest.Default) ? _default : _others.FindOrAdd(request, now);
}
