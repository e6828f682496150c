using System.Diagnostics;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Caching;

/// <summary>
/// One acquisition of a token, which all callers of an entry share: the token of another process from the shared token store, or a new one from the
/// source.
/// </summary>
/// <param name="entry">The entry that gets the token.</param>
/// <param name="request">What the token is for.</param>
/// <param name="current">The token that is to be refreshed; null if there is none.</param>
/// <param name="attempts">Limits the attempts and records their results.</param>
/// <param name="inBackground">Whether a token is valid.</param>
internal sealed class Acquisition(CacheEntry entry, TokenRequest request, AccessToken? current, RequestAttempts attempts, bool inBackground)
{
    private readonly long _startedAt = entry.Context.Metrics.Timestamp;

    /// <summary>Gets why the token is acquired: a value of <see cref="AcquisitionReason"/>.</summary>
    public required string Reason { get; init; }

    /// <summary>Gets the attempts, for the last failure.</summary>
    public RequestAttempts Attempts => attempts;

    /// <summary>Gets the activity; null if nobody listened when the acquisition began.</summary>
    public AcquisitionTrace? Trace { get; } = CreateTrace(inBackground);

    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    public async Task<AccessToken> RunAsync()
    {
        AccessToken token;
        bool isShared;
        PublicationKey? key;
        CachedToken cached;
        var context = entry.Context;
        Trace?.Start(context.Metrics, Reason);
        try
        {
            context.Disposed.ThrowIfCancellationRequested();
            var usableUntil = CachedToken.EndOfInput(request, context);
            (key, var shared) = context.Shared is null ? default : await context.Shared.FindAsync(request, current, attempts.Rejected).ConfigureAwait(false);
            isShared = shared is not null;
            // On another thread, because a signer may block its thread: the total timeout applies nevertheless.
            token = shared ?? await context.Pipeline.WithinTotalTimeoutAsync(
                cancellation => BackgroundWork.RunAsync(() => AcquireAsync(cancellation), context.Start), attempts, context.Disposed).ConfigureAwait(false);
            cached = entry.OnSucceeded(token, isShared, usableUntil);
        }
        catch (Exception e) when (context.Disposed.IsCancellationRequested)
        {
            Trace?.OnFailed(TelemetryOutcome.Canceled, ErrorTypes.Canceled, e);
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
                JwtGrantErrorKind.Transport, "token_source_failed", $"The token source failed with {e.GetType().Name}: {SanitizedText.ToSentence(e.Message)}", e);
            OnFailed(error);
            throw error;
        }
        finally
        {
            if (!inBackground)
                context.Acquisitions.OnWaited();
        }
        // Callers do not wait for the store.
        if (!isShared && key is not null && !entry.IsForgotten)
            _ = context.Shared!.PublishAsync(key, request, token, cached.Lifetime);
        // Outside the try block: the next refresh may be under way, and a listener that throws must not make it fail.
        var outcome = isShared ? TelemetryOutcome.Adopted : TelemetryOutcome.Acquired;
        context.Metrics.OnAcquired(Reason, outcome, token.HasLessScope, _startedAt);
        Trace?.OnSucceeded(outcome);
        context.Acquisitions.OnSucceeded(entry.Request, cached, isShared ? outcome : Reason, context.Server);
        return token;
    }

    private static AcquisitionTrace? CreateTrace(bool inBackground)
    {
        if (!Activities.IsObserved)
            return null;
        var trace = new AcquisitionTrace();
        // A caller that waits is linked with the activity of its wait.
        if (inBackground)
            trace.AddCaller(Activity.Current);
        return trace;
    }

    private void OnFailed(JwtGrantException error)
    {
        var (metrics, acquisitions) = (entry.Context.Metrics, entry.Context.Acquisitions);
        var (remaining, wait) = entry.OnFailed(error);
        metrics.OnAcquisitionFailed(Reason, error, _startedAt);
        Trace?.OnFailed(TelemetryOutcome.Failed, metrics.ErrorTypeOf(error), error);
        acquisitions.OnFailed(entry.Request, error, remaining, wait);
    }

    /// <summary>
    /// Acquires a token: with retries if no token is valid, by one attempt otherwise. If the token expires during that attempt and callers wait, retries
    /// follow, unless the server sent a Retry-After.
    /// </summary>
    private async Task<AccessToken> AcquireAsync(CancellationToken cancellationToken)
    {
        // The thread has no execution context of the acquisition.
        if (Trace?.Activity is { } activity)
            Activity.Current = activity;
        var source = entry.Context.Source;
        try
        {
            return await source.GetTokenAsync(request, attempts, cancellationToken).ConfigureAwait(false);
        }
        catch (JwtGrantException e) when (attempts.IsSingle && e is { IsTransient: true, RetryAfter: null } && entry.CallersWaitWithoutToken)
        {
            attempts.AllowRetries();
            return await source.GetTokenAsync(request, attempts, cancellationToken).ConfigureAwait(false);
        }
    }
}
