namespace JwtGrantClient.Caching;

/// <summary>
/// Keeps tokens fresh over any source (open first): one entry for the client as configured, which is a field, and a table of entries for the
/// requests that differ from it. The rule is in <see cref="RefreshSchedule"/>, what happens when is in <see cref="CacheEntry"/>.
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

    /// <summary>Drops the token of a request, so that nobody gets it any more, and returns it; null where there is none.</summary>
    public AccessToken? Take(TokenRequest request) =>
        (request.Equals(TokenRequest.Default) ? _default : _others.Find(request))?.Take();

    /// <summary>Drops all tokens, and returns them.</summary>
    public IReadOnlyList<AccessToken> TakeAll() => [.. _others.All().Append(_default).Select(entry => entry.Take()).OfType<AccessToken>()];

    /// <summary>Returns the status of the token of the client as configured, without refreshing it.</summary>
    public TokenStatus Status() => _default.Status();

    /// <summary>Ends the refreshes under way; a caller that waits for one gets <see cref="ObjectDisposedException"/>. A second call does nothing.</summary>
    public void Dispose()
    {
        // A container disposes what it handed out, and so does the client that owns it.
        if (_disposing.IsCancellationRequested)
            return;
        _others.Dispose();
        _disposing.Cancel();
        _disposing.Dispose();
    }

    // Apart, because the compiler optimises a method by what it saw of it first: most often the client as configured.
    private ValueTask<AccessToken> GetOtherAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The entry before the clock: the one waits for memory while the other computes.
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
            // Evicted between the look-up and the decision.
            entry = _others.FindOrAdd(entry.Request, _clock.Now);
        }
    }

    private CacheEntry EntryFor(TokenRequest request, long now) => request.Equals(TokenRequest.Default) ? _default : _others.FindOrAdd(request, now);
}
