using System.Diagnostics;
using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Caching;

/// <summary>The wait of one caller for an acquisition. A caller that cancels does not affect the others.</summary>
internal static class CallerWait
{
    /// <summary>Waits for an acquisition.</summary>
    public static Task<AccessToken> WaitAsync(CacheEntry entry, Acquisition acquisition, Task<AccessToken> refresh, CancellationToken cancellationToken) =>
        acquisition.Trace is not null || entry.Context.Metrics.MeasuresWaits ? WaitObservedAsync(entry, acquisition, refresh, cancellationToken)
        : cancellationToken.CanBeCanceled ? WaitOrCancelAsync(entry, refresh, cancellationToken)
        : refresh;

    // Only if someone listens, because the wait needs an object of its own.
    private static async Task<AccessToken> WaitObservedAsync(
        CacheEntry entry, Acquisition acquisition, Task<AccessToken> refresh, CancellationToken cancellationToken)
    {
        var metrics = entry.Context.Metrics;
        var startedAt = metrics.Timestamp;
        var activity = Activities.Start(Activities.Wait);
        activity?.SetTag(TelemetryTag.Client, metrics.Client).SetTag(TelemetryTag.Reason, acquisition.Reason);
        acquisition.Trace?.AddCaller(activity ?? Activity.Current);
        var outcome = TelemetryOutcome.Canceled;
        try
        {
            var token = await WaitOrCancelAsync(entry, refresh, cancellationToken).ConfigureAwait(false);
            outcome = TelemetryOutcome.Acquired;
            return token;
        }
        catch (Exception e)
        {
            outcome = e is JwtGrantException ? TelemetryOutcome.Failed : TelemetryOutcome.Canceled;
            Activities.SetError(activity, metrics.ErrorTypeOf(e), e);
            throw;
        }
        finally
        {
            metrics.OnWaited(acquisition.Reason, outcome, startedAt);
            if (acquisition.Trace?.Activity is { } shared)
                activity?.AddLink(new(shared.Context));
            activity?.SetTag(TelemetryTag.Outcome, outcome);
            Activities.Stop(activity);
        }
    }

    private static async Task<AccessToken> WaitOrCancelAsync(CacheEntry entry, Task<AccessToken> refresh, CancellationToken cancellationToken)
    {
        var context = entry.Context;
        var since = context.Clock.Now;
        try
        {
            return await refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            var lastError = entry.OnCallerCanceled(refresh);
            context.Acquisitions.OnCallerCanceled(TimeSpan.FromTicks(context.Clock.Now - since), context.Pipeline.Server ?? context.Server, lastError);
            throw;
        }
    }
}
