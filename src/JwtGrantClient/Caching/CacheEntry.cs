using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Caching;

/// <summary>
/// One entry of the cache: the token, and the <see cref="RefreshState"/> while there is one. The lock guards decisions only and is not held while a
/// token is acquired. The entry itself is the lock object; a separate one would cost each entry 40 bytes.
/// </summary>
#pragma warning disable CA2002 // Only the entry itself uses it as a lock, and no code outside of this assembly can access it.
internal sealed class CacheEntry(TokenRequest request, CacheContext context) : CacheNode(request)
{
    private long _expiresAt = long.MinValue, _lifetime;
    private RefreshState? _state;
    private bool _hadToken, _isEvicted, _isForgotten;

    /// <summary>Gets the data that all entries of the cache share.</summary>
    public CacheContext Context => context;

    /// <summary>Gets whether a caller waits and no token is valid.</summary>
    public bool CallersWaitWithoutToken
    {
        get
        {
            lock (this)
                return _state is { CallersWait: true } && Schedule.At(context.Clock.Now) == Freshness.Expired;
        }
    }

    /// <summary>Gets whether the subject of the entry was forgotten, so that nobody else may get its token.</summary>
    public bool IsForgotten
    {
        get
        {
            lock (this)
                return _isForgotten;
        }
    }

    public EntryStatus Status()
    {
        lock (this)
            return EntryStatus.Create(Token, Schedule, _state, context.Clock.Now);
    }

    /// <summary>
    /// Returns the token, or the refresh to wait for, if there is no fresh token. A token that is stale or missing is refreshed. Neither is returned if
    /// the entry was evicted; the caller then gets another entry from the table. The caller's request has the tokens that the entry does not keep.
    /// </summary>
    public (AccessToken? Token, Task<AccessToken>? Pending) GetOrRefresh(TokenRequest request, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return (null, Task.FromCanceled<AccessToken>(cancellationToken));
        Task<AccessToken> refresh;
        Acquisition acquisition;
        lock (this)
        {
            if (_isEvicted)
                return default;
            var now = context.Clock.Now;
            var freshness = Schedule.At(now);
            if (freshness != Freshness.Fresh && _state is not { Refresh: not null } && _state?.Backoff.IsOverAt(now) != false)
                StartRefresh(request, inBackground: freshness == Freshness.Stale);
            if (freshness != Freshness.Expired)
                return (Token, null);
            if (_state!.Refresh is null)
                return (null, Task.FromException<AccessToken>(_state.Backoff.RememberedError(now)));
            (refresh, acquisition) = (_state.Refresh, _state.Acquisition!);
            _state.Waiting++;
        }
        return (null, CallerWait.WaitAsync(this, acquisition, refresh, cancellationToken));
    }

    /// <summary>
    /// Removes the token if it is the one that the application invalidates, unless one was removed a short time ago. The backoff stays. Returns the token
    /// if it is the invalidated one.
    /// </summary>
    public AccessToken? Invalidate(AccessToken rejected)
    {
        lock (this)
        {
            if (Token is not { } token || token.Value != rejected.Value)
                return null;
            if (!TryReject(token, context.Clock.Now))
                return token;
            _expiresAt = long.MinValue;
            ClearToken();
            return token;
        }
    }

    /// <summary>
    /// Starts to replace the token if it is the one that an API rejected, unless one was replaced a short time ago. Others get it until the new one is
    /// there, because other APIs may accept it. Returns the acquisition; null if there is none, or the caller does not wait.
    /// </summary>
    public Task<AccessToken>? ReplaceAsync(TokenRequest request, AccessToken rejected, bool callerWaits, CancellationToken cancellationToken)
    {
        Task<AccessToken>? refresh;
        Acquisition acquisition;
        lock (this)
        {
            var now = context.Clock.Now;
            if (_isEvicted || Token is not { } token || token.Value != rejected.Value || Schedule.At(now) == Freshness.Expired || !TryReject(token, now))
                return null;
            MakeDue(now);
            if (_state!.Refresh is null && _state.Backoff.IsOverAt(now))
                StartRefresh(request, inBackground: true);
            refresh = _state.Refresh;
            if (refresh is null || !callerWaits)
                return null;
            acquisition = _state.Acquisition!;
            _state.Waiting++;
        }
        return CallerWait.WaitAsync(this, acquisition, refresh, cancellationToken);
    }

    /// <summary>Removes the token and returns it; null if there is none that is valid.</summary>
    public AccessToken? Take()
    {
        lock (this)
        {
            var token = Schedule.At(context.Clock.Now) == Freshness.Expired ? null : Token;
            // The shared token store must not return it.
            if (token is not null && context.Shared is not null)
                (_state ??= new(context)).Rejected = token;
            _expiresAt = long.MinValue;
            ClearToken();
            return token;
        }
    }

    /// <summary>
    /// Removes the token for good and returns it; null if there is none that is valid. The token of a refresh under way reaches only the callers that wait for it.
    /// </summary>
    public AccessToken? Forget()
    {
        lock (this)
        {
            _isEvicted = _isForgotten = true;
            return Take();
        }
    }

    /// <summary>Removes a token that was revoked, also if a refresh under way has already found it in the second level.</summary>
    public void Discard(AccessToken revoked)
    {
        lock (this)
        {
            if (Token?.Value == revoked.Value)
            {
                _expiresAt = long.MinValue;
                ClearToken();
            }
            if (_state is { Refresh: not null } state)
                state.Rejected = revoked;
        }
    }

    /// <summary>Marks the entry as evicted, unless <paramref name="eviction"/> excludes its state.</summary>
    public bool TryEvict(long now, Eviction eviction)
    {
        lock (this)
            return _isEvicted = _state is null || eviction switch
            {
                Eviction.Idle => _state.IsOverAt(now),
                _ => _state.Refresh is null || !_state.CallersWait,
            };
    }

    /// <summary>Caches the token. Returns its schedule.</summary>
    public CachedToken OnSucceeded(AccessToken token, bool isShared, long usableUntil)
    {
        lock (this)
        {
            // A token that replaces a rejected one may expire earlier.
            var cached = CachedToken.Create(token, IsRejected && token.Value != Token!.Value ? null : Token, context, usableUntil);
            // The callers that wait have asked before the token was revoked.
            if (!_isForgotten && (!isShared || _state!.Rejected?.Value != token.Value))
            {
                (_expiresAt, _lifetime) = (cached.Schedule.ExpiresAt, cached.Lifetime.Ticks);
                SetToken(token, cached.Schedule.RefreshAt);
            }
            _hadToken = true;
            _state!.Backoff.OnSucceeded();
            (_state.Refresh, _state.Acquisition, _state.Rejected, _state.HasTriedAfterEnd) = (null, null, null, false);
            if (_state.IsOverAt(context.Clock.Now))
                _state = null;
            return cached;
        }
    }

    /// <summary>Records that an acquisition failed, and starts the backoff. Returns how long the token is valid, zero if none is, and the backoff.</summary>
    public (TimeSpan Remaining, TimeSpan Wait) OnFailed(JwtGrantException error)
    {
        context.Pipeline.AddContext(error);
        lock (this)
        {
            var now = context.Clock.Now;
            var expiresAt = Schedule.At(now) == Freshness.Expired ? (long?)null : _expiresAt;
            _state!.Backoff.OnFailed(error, now, expiresAt, IsRejected);
            (_state.Refresh, _state.Acquisition) = (null, null);
            return (TimeSpan.FromTicks((expiresAt ?? now) - now), _state.Backoff.RemainingAt(now));
        }
    }

    /// <summary>Records that a caller canceled its wait for a refresh. Returns the last failure; null if there is none.</summary>
    public JwtGrantException? OnCallerCanceled(Task<AccessToken> refresh)
    {
        lock (this)
            return _state?.OnCallerCanceled(refresh);
    }

    private RefreshSchedule Schedule => new(RefreshAt, _expiresAt);

    private bool IsRejected => Token is not null && _state?.Rejected?.Value == Token.Value;

    /// <summary>Marks the token as rejected. Returns whether it is: one that is rejected already counts once.</summary>
    private bool TryReject(AccessToken token, long now)
    {
        var state = _state ?? new(context);
        if (!IsRejected && !state.Throttle.TryPass(now, TimeSpan.FromTicks(_lifetime), context.Refresh))
            return false;
        (_state, state.Rejected) = (state, token);
        return true;
    }

    private string ReasonOf(RefreshState state, bool inBackground) =>
        context.IsSingleUse ? AcquisitionReason.SingleUse
        : state.Rejected is not null ? Token is null ? AcquisitionReason.Invalidated : AcquisitionReason.Rejected
        : inBackground ? AcquisitionReason.Refresh
        : _hadToken ? AcquisitionReason.Expired
        : AcquisitionReason.First;

    private void StartRefresh(TokenRequest request, bool inBackground)
    {
        _state ??= new(context);
        (_state.Waiting, _state.Canceled) = (0, 0);
        // When a valid token has ended, there is one attempt whatever the server asked to wait: it may have recovered.
        var (takesPrecedence, current) = (!inBackground && Token is not null && !_state.HasTriedAfterEnd, IsRejected ? null : Token);
        var attempts = new RequestAttempts { IsSingle = inBackground, TakesPrecedence = takesPrecedence, Rejected = _state.Rejected };
        _state.HasTriedAfterEnd = !inBackground;
        if (!inBackground)
            context.Acquisitions.OnWaiting();
        _state.Acquisition = new(this, request.Tokens is null ? Request : request, current, attempts, inBackground) { Reason = ReasonOf(_state, inBackground) };
        _state.Refresh = BackgroundWork.RunAsync(_state.Acquisition.RunAsync, context.Start);
    }
}
