using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Caching;

/// <summary>
/// One key of the cache: the token, and while there is one the <see cref="RefreshState"/>. The lock guards decisions only; it is never held
/// while a token is acquired. It is the entry itself: a lock of its own would cost each of 100,000 identities 40 bytes.
/// </summary>
#pragma warning disable CA2002 // Nobody outside this assembly can lock an entry, and inside it the entry alone does.
internal sealed class CacheEntry(TokenRequest request, CacheContext context) : CacheNode(request)
{
    private long _expiresAt = long.MinValue, _lifetime;
    private RefreshState? _state;
    private bool _hadToken, _isEvicted;

    public TokenStatus Status()
    {
        lock (this)
            return TokenStatus.Create(Token, Schedule, _state, context.Clock.Now);
    }

    /// <summary>
    /// Returns what a call gets where there is no fresh token: a token, or what it has to wait for. A token that is stale, or missing, is
    /// refreshed. Neither is returned where the entry was evicted, and the table is to be asked for another.
    /// </summary>
    public (AccessToken? Token, Task<AccessToken>? Pending) GetOrRefresh(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return (null, Task.FromCanceled<AccessToken>(cancellationToken));
        Task<AccessToken> refresh;
        bool isBlocked;
        lock (this)
        {
            if (_isEvicted)
                return default;
            var now = context.Clock.Now;
            var freshness = Schedule.At(now);
            if (freshness != Freshness.Fresh && _state is not { Refresh: not null } && _state?.Backoff.IsOverAt(now) != false)
                StartRefresh(inBackground: freshness == Freshness.Stale);
            if (freshness != Freshness.Expired)
                return (Token, null);
            if (_state!.Refresh is null)
                return (null, Task.FromException<AccessToken>(RememberedError(_state.Backoff, now)));
            refresh = _state.Refresh;
            _state.Waiting++;
            isBlocked = _hadToken;
        }
        if (isBlocked)
            context.Metrics.CallBlocked(context.Client);
        return (null, refresh.WaitAsync(cancellationToken));
    }

    /// <summary>Drops the token if it is the one that was rejected. The backoff stays.</summary>
    public void Invalidate(AccessToken rejected)
    {
        lock (this)
        {
            if (Token?.Value != rejected.Value)
                return;
            var state = _state ?? new(context);
            if (!state.Throttle.TryPass(context.Clock.Now, TimeSpan.FromTicks(_lifetime), context.Refresh))
                return;
            (_state, state.Rejected) = (state, Token);
            _expiresAt = long.MinValue;
            Drop();
        }
    }

    /// <summary>Drops the token, whatever it is, and returns it; null where there is none that is still valid.</summary>
    public AccessToken? Take()
    {
        lock (this)
        {
            var token = Schedule.At(context.Clock.Now) == Freshness.Expired ? null : Token;
            // It must not come back from the second level.
            if (token is not null && context.Shared is not null)
                (_state ??= new(context)).Rejected = token;
            _expiresAt = long.MinValue;
            Drop();
            return token;
        }
    }

    /// <summary>
    /// Takes the entry out of use, unless a refresh is under way: two entries for one request would make two token requests. A backoff and a
    /// throttle keep it too, unless <paramref name="force"/> is set.
    /// </summary>
    public bool TryEvict(long now, bool force)
    {
        lock (this)
            return _isEvicted = _state is null || (force ? _state.Refresh is null : _state.IsOverAt(now));
    }

    private RefreshSchedule Schedule => new(RefreshAt, _expiresAt);

    private bool CallersWait
    {
        get
        {
            lock (this)
                return _state is { Waiting: > 0 };
        }
    }

    private void StartRefresh(bool inBackground)
    {
        _state ??= new(context);
        _state.Waiting = 0;
        var (current, rejected) = (Token, _state.Rejected);
        _state.Refresh = BackgroundWork.RunAsync(() => RefreshAsync(current, rejected, inBackground), context.Start);
    }

    private async Task<AccessToken> RefreshAsync(AccessToken? current, AccessToken? rejected, bool inBackground)
    {
        AccessToken token;
        bool isShared;
        string reason;
        TimeSpan lifetime;
        try
        {
            context.Disposed.ThrowIfCancellationRequested();
            var shared = context.Shared is null ? null : await context.Shared.FindAsync(Request, current, rejected).ConfigureAwait(false);
            isShared = shared is not null;
            var attempts = new RequestAttempts { IsSingle = inBackground };
            // On another thread, because a signer may block its thread: the total timeout applies nevertheless.
            token = shared ?? await context.Pipeline.WithinTotalTimeoutAsync(
                cancellation => BackgroundWork.RunAsync(() => AcquireAsync(attempts, cancellation), context.Start), attempts, context.Disposed).ConfigureAwait(false);
            (reason, lifetime) = OnSucceeded(token, isShared);
        }
        catch (Exception) when (context.Disposed.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(CachedTokenSource), $"The token source of client '{context.Client}' was disposed.");
        }
        catch (JwtGrantException e)
        {
            OnFailed(e);
            throw;
        }
        catch (Exception e)
        {
            var error = new JwtGrantException(
                JwtGrantErrorKind.Transport, "token_source_failed", $"The token source failed with {e.GetType().Name}: {e.Message}", e);
            OnFailed(error);
            throw error;
        }
        // Nobody waits for the store.
        if (!isShared && context.Shared is { } store)
            _ = store.PublishAsync(Request, token, lifetime);
        // Outside the try: by now the next refresh may be under way, and a listener that throws must not end it as if it had failed.
        context.Metrics.Acquired(context.Client, reason);
        Log.Acquired(context.Logger, context.Client, reason, token.ExpiresAt);
        return token;
    }

    /// <summary>
    /// Acquires a token: with retries where none is valid, by one attempt in the background while one is. If callers have come to wait during
    /// that attempt, because the token expired, retries follow it, unless the server asked to be left alone.
    /// </summary>
    private async Task<AccessToken> AcquireAsync(RequestAttempts attempts, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Source.GetTokenAsync(Request, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (attempts.IsSingle && e is { IsTransient: true, RetryAfter: null } && CallersWait)
        {
            attempts.AllowRetries();
            return await context.Source.GetTokenAsync(Request, attempts, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Keeps the token; returns why it was acquired, and its lifetime.</summary>
    private (string Reason, TimeSpan Lifetime) OnSucceeded(AccessToken token, bool isShared)
    {
        lock (this)
        {
            var cached = CachedToken.Create(token, Token, context);
            (_expiresAt, _lifetime) = (cached.Schedule.ExpiresAt, cached.Lifetime.Ticks);
            Keep(token, cached.Schedule.RefreshAt);
            var reason = isShared ? AcquisitionReason.Shared
                : _state!.Waiting == 0 ? AcquisitionReason.BeforeExpiry
                : _hadToken ? AcquisitionReason.Blocked
                : AcquisitionReason.First;
            _hadToken = true;
            _state!.Backoff.OnSucceeded();
            (_state.Refresh, _state.Rejected) = (null, null);
            if (_state.IsOverAt(context.Clock.Now))
                _state = null;
            return (reason, cached.Lifetime);
        }
    }

    private void OnFailed(JwtGrantException error)
    {
        TimeSpan wait, remaining;
        lock (this)
        {
            var now = context.Clock.Now;
            var expiresAt = Schedule.At(now) == Freshness.Expired ? (long?)null : _expiresAt;
            _state!.Backoff.OnFailed(error, now, expiresAt);
            _state.Refresh = null;
            (wait, remaining) = (_state.Backoff.RemainingAt(now), TimeSpan.FromTicks((expiresAt ?? now) - now));
        }
        context.Metrics.AcquisitionFailed(context.Client, error);
        if (remaining > TimeSpan.Zero)
            Log.RefreshFailed(context.Logger, context.Client, remaining, wait, error);
        else
            Log.AcquisitionFailed(context.Logger, context.Client, wait, error);
    }

    // Fails at once: asking a failing server once per call would not help it recover.
    private static JwtGrantException RememberedError(RefreshBackoff backoff, long now)
    {
        var last = backoff.LastError!;
        return new(last, $"{last.Message}\nThis is the remembered failure; the next attempt is in " +
            $"{backoff.RemainingAt(now).TotalSeconds:0.0} s.");
    }
}

/// <summary>
/// The part of an entry that a look-up reads. In a base class, because its fields then lie side by side in memory: with 100,000 entries each
/// further cache line is a fourth of the whole look-up.
/// </summary>
internal abstract class CacheNode(TokenRequest request)
{
    /// <summary>
    /// The next of the chain. A field, because a removal writes to the place of the link, whether that is here or in the table.
    /// </summary>
    public CacheEntry? Next;

    // Copied, because the way to it through the request is one more place in memory to wait for.
    private readonly string? _subjectAlone = request.SubjectAlone;
    private AccessToken? _token;
    private long _refreshAt = long.MinValue;
    private long _lastUsed;

    /// <summary>What the token is for: the first spelling of it that came.</summary>
    public TokenRequest Request { get; } = request;

    public int Hash { get; } = request.GetHashCode();

    /// <summary>
    /// In the table's stamps, which count ticks of 100 ns. Threads that share an identity share its line: written only when it changes.
    /// </summary>
    public long LastUsed
    {
        get => Volatile.Read(ref _lastUsed);
        set
        {
            if (_lastUsed != value)
                Volatile.Write(ref _lastUsed, value);
        }
    }

    /// <summary>The cached token, fresh or not.</summary>
    protected AccessToken? Token => _token;

    /// <summary>When it is to be refreshed.</summary>
    protected long RefreshAt => _refreshAt;

    /// <summary>Whether the entry is for this request, whose hash is given.</summary>
    public bool IsFor(TokenRequest request, int hash) =>
        Hash == hash && ((_subjectAlone is not null && _subjectAlone == request.SubjectAlone) || Request.Equals(request));

    /// <summary>
    /// Returns the token if it is fresh: two field reads, no lock. The moment is read before the token and written after it, so that a token
    /// is never taken for fresh by the moment of a later one; one that was dropped in between is null.
    /// </summary>
    public AccessToken? FreshAt(long now) => now < Volatile.Read(ref _refreshAt) ? _token : null;

    protected void Keep(AccessToken token, long refreshAt)
    {
        Volatile.Write(ref _token, token);
        Volatile.Write(ref _refreshAt, refreshAt);
    }

    protected void Drop()
    {
        Volatile.Write(ref _refreshAt, long.MinValue);
        Volatile.Write(ref _token, null);
    }
}
