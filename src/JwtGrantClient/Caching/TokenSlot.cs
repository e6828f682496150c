using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Caching;

/// <summary>
/// One key of the cache: the token that is kept, the flight that renews it, and the gate between failures. The lock guards decisions
/// only; it is never held while a token is fetched.
/// </summary>
internal sealed class TokenSlot(TokenRequest request, CacheContext context)
{
    private readonly Lock _deciding = new();
    private readonly CheapClock _clock = context.Clock;
    private readonly FailureGate _gate = new(context.Random);
    private RejectionBrake _brake;
    private KeptToken? _kept;
    private Task<AccessToken>? _flight;
    private int _waiting;
    private bool _hasHeldOne;

    /// <summary>A fresh token costs a field read and a clock read; everything else is decided under the lock.</summary>
    public ValueTask<AccessToken> GetAsync(CancellationToken cancellationToken)
    {
        var kept = Volatile.Read(ref _kept);
        return kept is not null && _clock.Now < kept.Life.Due ? new(kept.Token) : GetNotFreshAsync(cancellationToken);
    }

    /// <summary>Gives up the kept token if it is the one that was refused. The gate stays.</summary>
    public void Invalidate(AccessToken rejected)
    {
        lock (_deciding)
        {
            if (_kept is { } kept && kept.Token.Value == rejected.Value && _brake.TryPass(_clock.Now, kept.Lifetime))
                Volatile.Write(ref _kept, null);
        }
    }

    private ValueTask<AccessToken> GetNotFreshAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<AccessToken>(cancellationToken);
        Task<AccessToken> flight;
        bool blocked;
        lock (_deciding)
        {
            var now = _clock.Now;
            var kept = _kept;
            var freshness = kept?.Life.At(now) ?? Freshness.Expired;
            if (freshness != Freshness.Fresh && _flight is null && _gate.IsOpenAt(now))
                TakeOff();
            if (freshness != Freshness.Expired)
                return new(kept!.Token);
            if (_flight is null)
                return ValueTask.FromException<AccessToken>(Remembered(now));
            flight = _flight;
            _waiting++;
            blocked = _hasHeldOne;
        }
        if (blocked)
            context.Metrics.CallBlocked(context.Client);
        return new(flight.WaitAsync(cancellationToken));
    }

    private void TakeOff()
    {
        _waiting = 0;
        _flight = Detached.RunAsync(FlyAsync);
    }

    private async Task<AccessToken> FlyAsync()
    {
        AccessToken token;
        string reason;
        try
        {
            context.Disposed.ThrowIfCancellationRequested();
            token = await context.Source.GetTokenAsync(request, context.Disposed).ConfigureAwait(false);
            reason = Land(token);
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
        // Outside the try: by now the next flight may be under way, and a listener that throws must not end it as if it had failed.
        context.Metrics.Acquired(context.Client, reason);
        Log.Acquired(context.Logger, context.Client, reason, token.ExpiresAt);
        return token;
    }

    /// <summary>Keeps the token and says why it was fetched.</summary>
    private string Land(AccessToken token)
    {
        lock (_deciding)
        {
            Volatile.Write(ref _kept, KeptToken.Adopt(token, _kept, context));
            var reason = _waiting == 0 ? AcquisitionReason.Ahead : _hasHeldOne ? AcquisitionReason.Blocked : AcquisitionReason.First;
            _hasHeldOne = true;
            _gate.Succeeded();
            _flight = null;
            return reason;
        }
    }

    private void Crash(JwtGrantException error)
    {
        TimeSpan wait, remaining;
        lock (_deciding)
        {
            var now = _clock.Now;
            var valid = _kept is { } kept && kept.Life.At(now) != Freshness.Expired ? _kept : null;
            _gate.Failed(error, now, valid?.Life.Hard);
            _flight = null;
            (wait, remaining) = (_gate.RemainingAt(now), TimeSpan.FromTicks((valid?.Life.Hard ?? now) - now));
        }
        context.Metrics.AcquisitionFailed(context.Client, error);
        if (remaining > TimeSpan.Zero)
            Log.RenewalFailed(context.Logger, context.Client, remaining, wait, error);
        else
            Log.AcquisitionFailed(context.Logger, context.Client, wait, error);
    }

    // Fails at once: asking a failing server once per call would not help it back on its feet.
    private JwtGrantException Remembered(long now)
    {
        var last = _gate.LastError!;
        return new(last, $"{last.Message}\nThis is the remembered failure; the next attempt is in {_gate.RemainingAt(now).TotalSeconds:0.0} s.");
    }
}
