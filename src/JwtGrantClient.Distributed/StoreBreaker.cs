using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Distributed;

/// <summary>
/// Spares a store that fails: after so many failures in a row it is left alone for a while, then one call tries it again. Counted and not
/// by ratio, because a process calls the store a few times an hour.
/// </summary>
internal sealed class StoreBreaker(DistributedTokenOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly int _failuresBeforeBreak = options.FailuresBeforeBreak;
    private readonly TimeSpan _breakDuration = options.BreakDuration;
    private readonly Lock _deciding = new();
    private int _failures;
    private long? _brokenSince, _complainedAt;

    /// <summary>Calls the store, unless it is left alone.</summary>
    /// <returns>What it answered; the default where it was not asked.</returns>
    public async ValueTask<T?> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        if (!MayCall())
            return default;
        try
        {
            // A client of the store may not heed its cancellation once the request is on its way.
            var answer = await call(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            Succeeded();
            return answer;
        }
        catch (Exception e)
        {
            Failed(e);
            throw;
        }
    }

    /// <summary>Tells of an entry that cannot be read, once in a while.</summary>
    public void Unreadable(Exception? reason)
    {
        lock (_deciding)
        {
            if (_complainedAt is { } before && time.GetElapsedTime(before) < ComplaintInterval)
                return;
            _complainedAt = time.GetTimestamp();
        }
        Log.EntryUnreadable(logger, reason);
    }

    private bool MayCall()
    {
        lock (_deciding)
        {
            if (_brokenSince is not { } since)
                return true;
            if (time.GetElapsedTime(since) < _breakDuration)
                return false;
            // This one tries; the others go on without until it has an answer.
            _brokenSince = time.GetTimestamp();
            return true;
        }
    }

    private void Succeeded()
    {
        bool wasBroken;
        lock (_deciding)
        {
            wasBroken = _brokenSince is not null;
            (_failures, _brokenSince) = (0, null);
        }
        if (wasBroken)
            Log.StoreIsBack(logger);
    }

    private void Failed(Exception reason)
    {
        lock (_deciding)
        {
            if (++_failures < _failuresBeforeBreak)
                return;
            var wasBroken = _brokenSince is not null;
            _brokenSince = time.GetTimestamp();
            if (wasBroken)
                return;
        }
        Log.StoreLeftAlone(logger, _breakDuration, reason);
    }
}
