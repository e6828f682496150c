using System.Diagnostics;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.DPoP;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The activity and the duration of one attempt. Without a listener it does nothing.</summary>
internal readonly struct AttemptObservation
{
    private readonly ClientMetrics? _metrics;
    private readonly Activity? _activity;
    private readonly long _startedAt;

    private AttemptObservation(ClientMetrics metrics, Activity? activity) => (_metrics, _activity, _startedAt) = (metrics, activity, metrics.Timestamp);

    /// <summary>Starts to observe an attempt.</summary>
    /// <param name="metrics">The metrics of the client; null to observe nothing.</param>
    /// <param name="attempts">The attempts of the request.</param>
    public static AttemptObservation Start(ClientMetrics? metrics, RequestAttempts attempts)
    {
        attempts.Begun++;
        attempts.Status = 0;
        if (metrics is null || !(metrics.MeasuresAttempts || Activities.IsObserved))
            return default;
        var activity = Activities.Start(Activities.Attempt);
        activity?.SetTag(TelemetryTag.Client, metrics.Client).SetTag(TelemetryTag.Attempt, (int)attempts.Begun);
        return new(metrics, activity);
    }

    /// <summary>Ends an attempt that succeeded.</summary>
    public void OnSucceeded(RequestAttempts attempts)
    {
        if (attempts.Status != 0)
            _activity?.SetTag(TelemetryTag.StatusCode, (int)attempts.Status);
        End(attempts, errorType: null);
    }

    /// <summary>Ends an attempt that failed.</summary>
    public void OnFailed(Exception error, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        if (_metrics is null)
            return;
        // The timeout of the attempt cancels it, but not the whole request.
        var isTimeout = error is OperationCanceledException && cancellationToken.IsCancellationRequested && !attempts.Cancellation.IsCancellationRequested;
        var errorType = isTimeout ? ErrorTypes.Timeout : _metrics.ErrorTypeOf(error);
        Activities.SetError(_activity, errorType, error);
        if (error is JwtGrantException { Error: DPoPHeaders.UseNonceError })
            _activity?.SetTag(TelemetryTag.NonceRequested, true);
        End(attempts, errorType);
    }

    private void End(RequestAttempts attempts, string? errorType)
    {
        _metrics?.OnAttempted(attempts.Status, errorType, _startedAt);
        Activities.Stop(_activity);
    }
}
