using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Caching;

/// <summary>
/// One key of the cache: the token that is kept, and while there is one the <see cref="RefreshState"/>. The lock guards decisions only; it is
/// never held while a token is fetched. It is the slot itself: a lock of its own would cost each of 100,000 identities 40 bytes.
/// </summary>
#pragma warning disable CA2002 // Nobody outside this assembly can lock a slot, and inside it the slot alone does.
internal sealed class CacheEntry(TokenRequest request, CacheContext context) : CacheNode(request)
{
    private long _hard = long.MinValue, _lifetime;
    private RefreshState? _renewal;
    private bool _hasHeldOne, _hasLeft;

    /// <summary>Whether a token is on its way.</summary>
    public bool IsFlying
    {
        get
        {
            lock (this)
                return _renewal?.Flight is not null;
        }
    }

    public TokenStatus Status()
    {
        lock (this)
            return TokenStatus.Create(Token, Life, _renewal, context.Clock.Now);
    }

    /// <summary>
    /// What a call gets where no fresh token is at hand: a token, or what it has to wait for. Neither where the slot has left the table,
    /// and another is to be asked.
    /// </summary>
    public (AccessToken? Token, Task<AccessToken>? Pending) Decide(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return (null, Task.FromCanceled<AccessToken>(cancellationToken));
        Task<AccessToken> flight;
        bool blocked;
        lock (this)
        {
            if (_hasLeft)
                return default;
            var now = context.Clock.Now;
            var freshness = Life.At(now);
            if (freshness != Freshness.Fresh && _renewal is not { Flight: not null } && _renewal?.Gate.IsOpenAt(now) != false)
                TakeOff();
            if (freshness != Freshness.Expired)
                return (Token, null);
            if (_renewal!.Flight is null)
                return (null, Task.FromException<AccessToken>(Remembered(_renewal.Gate, now)));
            flight = _renewal.Flight;
            _renewal.Waiting++;
            blocked = _hasHeldOne;
        }
        if (blocked)
            context.Metrics.CallBlocked(context.Client);
        return (null, flight.WaitAsync(cancellationToken));
    }

    /// <summary>Gives up the kept token if it is the one that was refused. The gate stays.</summary>
    public void Invalidate(AccessToken rejected)
    {
        lock (this)
        {
            if (Token?.Value != rejected.Value)
                return;
            var renewal = _renewal ?? new(context);
            if (!renewal.Brake.TryPass(context.Clock.Now, TimeSpan.FromTicks(_lifetime), context.Refresh))
                return;
            (_renewal, renewal.Rejected) = (renewal, Token);
            _hard = long.MinValue;
            GiveUp();
        }
    }

    /// <summary>Gives up the kept token, whatever it is, and hands it over; null where there is none that is still valid.</summary>
    public AccessToken? Take()
    {
        lock (this)
        {
            var token = Life.At(context.Clock.Now) == Freshness.Expired ? null : Token;
            // It is not to come back from the second level.
            if (token is not null && context.Shared is not null)
                (_renewal ??= new(context)).Rejected = token;
            _hard = long.MinValue;
            GiveUp();
            return token;
        }
    }

    /// <summary>
    /// Takes the slot out of use, unless a token is on its way: two slots for one request would make two token requests. A closed gate
    /// and a brake keep it too, save where <paramref name="evenGated"/>.
    /// </summary>
    public bool TryLeave(long now, bool evenGated)
    {
        lock (this)
            return _hasLeft = _renewal is null || (evenGated ? _renewal.Flight is null : _renewal.IsOverAt(now));
    }

    private RefreshSchedule Life => new(Due, _hard);

    private void TakeOff()
    {
        _renewal ??= new(context);
        _renewal.Waiting = 0;
        var (before, rejected) = (Token, _renewal.Rejected);
        _renewal.Flight = Detached.RunAsync(() => FlyAsync(before, rejected), context.Start);
    }

    private async Task<AccessToken> FlyAsync(AccessToken? before, AccessToken? rejected)
    {
        AccessToken token;
        bool isShared;
        string reason;
        TimeSpan lifetime;
        try
        {
            context.Disposed.ThrowIfCancellationRequested();
            (token, isShared) = await Acquisition.GetAsync(context, Request, before, rejected).ConfigureAwait(false);
            (reason, lifetime) = Land(token, isShared);
        }
        catch (Exception) when (context.Disposed.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(CachedTokenSource), $"The token source of client '{context.Client}' was disposed.");
        }
        catch (JwtGrantException e)
        {
            Crash(e);
            throw;
        }
        catch (Exception e)
        {
            var error = new JwtGrantException(
                JwtGrantErrorKind.Transport, "token_source_failed", $"The token source failed with {e.GetType().Name}: {e.Message}", e);
            Crash(error);
            throw error;
        }
        // Nobody waits for the store.
        if (!isShared && context.Shared is { } shared)
            _ = shared.PublishAsync(Request, token, lifetime);
        // Outside the try: by now the next flight may be under way, and a listener that throws must not end it as if it had failed.
        context.Metrics.Acquired(context.Client, reason);
        Log.Acquired(context.Logger, context.Client, reason, token.ExpiresAt);
        return token;
    }

    /// <summary>Keeps the token; returns why it was acquired, and its lifetime.</summary>
    private (string Reason, TimeSpan Lifetime) Land(AccessToken token, bool isShared)
    {
        lock (this)
        {
            var kept = CachedToken.Adopt(token, Token, context);
            (_hard, _lifetime) = (kept.Life.Hard, kept.Lifetime.Ticks);
            Keep(token, kept.Life.Due);
            var reason = isShared ? AcquisitionReason.Shared
                : _renewal!.Waiting == 0 ? AcquisitionReason.Ahead
                : _hasHeldOne ? AcquisitionReason.Blocked
                : AcquisitionReason.First;
            _hasHeldOne = true;
            _renewal!.Gate.Succeeded();
            (_renewal.Flight, _renewal.Rejected) = (null, null);
            if (_renewal.IsOverAt(context.Clock.Now))
                _renewal = null;
            return (reason, kept.Lifetime);
        }
    }

    private void Crash(JwtGrantException error)
    {
        TimeSpan wait, remaining;
        lock (this)
        {
            var now = context.Clock.Now;
            var hard = Life.At(now) == Freshness.Expired ? (long?)null : _hard;
            _renewal!.Gate.Failed(error, now, hard);
            _renewal.Flight = null;
            (wait, remaining) = (_renewal.Gate.RemainingAt(now), TimeSpan.FromTicks((hard ?? now) - now));
        }
        context.Metrics.AcquisitionFailed(context.Client, error);
        if (remaining > TimeSpan.Zero)
            Log.RenewalFailed(context.Logger, context.Client, remaining, wait, error);
        else
            Log.AcquisitionFailed(context.Logger, context.Client, wait, error);
    }

    // Fails at once: asking a failing server once per call would not help it back on its feet.
    private static JwtGrantException Remembered(RefreshBackoff gate, long now)
    {
        var last = gate.LastError!;
        return new(last, $"{last.Message}\nThis is the remembered failure; the next attempt is in " +
            $"{gate.RemainingAt(now).TotalSeconds:0.0} s.");
    }
}
