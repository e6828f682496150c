using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Caching;

/// <summary>
/// The acquisitions of a client over all its entries: their log lines, and what failed since the last success. Nothing of it is on the path
/// of a cached token, and its size does not depend on the number of entries.
/// </summary>
/// <param name="client">The client's name, for the log.</param>
/// <param name="clock">The clock for the status.</param>
/// <param name="time">The clock for the log.</param>
/// <param name="logger">Logs acquisitions and failures.</param>
internal sealed class ClientAcquisitions(string client, CoarseClock clock, TimeProvider time, ILogger logger)
{
    // A caller that gives up earlier has its own reasons. A timeout that is too short for a token request is longer.
    private static readonly TimeSpan MinReportedWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly FailureStreak _failing = new(time);

    // Others get their tokens meanwhile, so a success does not end it.
    private readonly FailureStreak _failingRequests = new(time) { EndsAfter = TimeSpan.FromHours(1) };

    private readonly FailureStreak _canceledCalls = new(time) { EndsAfter = TimeSpan.FromMinutes(1) };

    private int _waiting, _failures;
    private JwtGrantException? _lastError;
    private bool _hasFailedWithoutToken, _isOfDefaultAlone;
    private long? _failingSince, _succeededAt, _failedAt;
    private long _nextAttempt, _unavailableUntil;

    /// <summary>Records that an acquisition begins without a valid token.</summary>
    public void OnWaiting() => Interlocked.Increment(ref _waiting);

    /// <summary>Records that an acquisition without a valid token has ended.</summary>
    public void OnWaited() => Interlocked.Decrement(ref _waiting);

    /// <summary>Records an acquisition that succeeded, and ends the failures of the client.</summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="cached">The token and its schedule.</param>
    /// <param name="reason">Why it was acquired, or that it was adopted.</param>
    /// <param name="server">The issuer or the token endpoint, for the first line in the log.</param>
    public void OnSucceeded(TokenRequest request, CachedToken cached, string reason, string server)
    {
        bool isFirst;
        EndedStreak? ended = null;
        var now = clock.Now;
        lock (_lock)
        {
            isFirst = _succeededAt is null;
            _succeededAt = now;
            // The token of another request says nothing about a request of the client as configured that the server refuses.
            if (_failures > 0 && (!_isOfDefaultAlone || IsDefault(request)))
            {
                (_failures, _lastError, _failingSince) = (0, null, null);
                (_nextAttempt, _unavailableUntil, _hasFailedWithoutToken) = (0, 0, false);
                ended = _failing.OnSucceeded();
            }
        }
        if (ended is not null)
            Log.AcquiresAgain(logger, client, ended.Duration, ended.Failures);
        var expiresAt = new UtcTime(cached.Token.ExpiresAt);
        if (isFirst)
            Log.AcquiredFirst(logger, client, reason, server, expiresAt, new(time.GetUtcNow() + TimeSpan.FromTicks(cached.Schedule.RefreshAt - now)));
        else
            Log.Acquired(logger, client, reason, expiresAt);
    }

    /// <summary>Records an acquisition that failed.</summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="error">The failure.</param>
    /// <param name="remaining">How long the cached token is valid; zero if none is.</param>
    /// <param name="wait">The backoff.</param>
    public void OnFailed(TokenRequest request, JwtGrantException error, TimeSpan remaining, TimeSpan wait)
    {
        var isOfOneRequest = FailureScope.IsOfOneRequest(error);
        var concernsClient = !isOfOneRequest || IsDefault(request);
        FailureReport? report;
        lock (_lock)
        {
            report = concernsClient ? _failing.OnFailed() : _failingRequests.OnFailed();
            if (concernsClient)
            {
                var now = clock.Now;
                _failures++;
                _failingSince ??= now;
                (_failedAt, _lastError, _isOfDefaultAlone) = (now, error, isOfOneRequest);
                _nextAttempt = now + wait.Ticks;
                if (remaining <= TimeSpan.Zero)
                    (_hasFailedWithoutToken, _unavailableUntil) = (true, Math.Max(_unavailableUntil, _nextAttempt));
            }
        }
        if (report is not null)
            Report(report, error, concernsClient);
        var line = new ErrorLine(error);
        // Nothing was sent, and the limits log when they begin and end.
        if (error.IsHeldBack)
            Log.HeldBack(logger, client, wait, error.Code);
        else if (remaining > TimeSpan.Zero)
            Log.RefreshFailed(logger, client, remaining, wait, line);
        else
            Log.AcquisitionFailed(logger, client, wait, line);
    }

    /// <summary>
    /// Records that a caller canceled its wait for a token. If a timeout around the call did that, the caller sees only the exception of the timeout, so that
    /// the log says what it waited for.
    /// </summary>
    /// <param name="waited">How long the caller waited.</param>
    /// <param name="server">The endpoint, for the log.</param>
    /// <param name="lastError">The last failure; null if there is none.</param>
    public void OnCallerCanceled(TimeSpan waited, string server, JwtGrantException? lastError)
    {
        if (waited >= MinReportedWait && _canceledCalls.OnFailed() is { } report)
            Log.CallerCanceled(logger, client, server, waited, report.Failures, lastError is null ? "none." : new ErrorLine(lastError).ToString());
    }

    /// <summary>Returns the status of the client.</summary>
    public ClientStatus Status()
    {
        lock (_lock)
        {
            var now = clock.Now;
            var isUnavailable = _hasFailedWithoutToken && (now < _unavailableUntil || Volatile.Read(ref _waiting) > 0);
            return new()
            {
                Failures = _failures,
                FailingFor = Since(_failingSince),
                LastError = _lastError,
                NextAttemptIn = TimeSpan.FromTicks(Math.Max(0, (isUnavailable ? Math.Max(_unavailableUntil, _nextAttempt) : _nextAttempt) - now)),
                IsUnavailable = isUnavailable,
                OnlyRefreshesFailed = _failures > 0 && !_hasFailedWithoutToken,
                SinceLastSuccess = Since(_succeededAt),
                SinceLastFailure = Since(_failedAt),
            };

            TimeSpan? Since(long? moment) => moment is { } at ? TimeSpan.FromTicks(now - at) : null;
        }
    }

    // The whole error with its stack trace is in the first warning only.
    private void Report(FailureReport report, JwtGrantException error, bool concernsClient)
    {
        var (since, last, whole) = (new UtcTime(report.Since), new ErrorLine(error), report.IsFirst ? error : null);
        if (concernsClient)
            Log.AcquiresNothing(logger, client, since, report.Failures, last, whole);
        else
            Log.RequestsFail(logger, client, since, report.Failures, last, whole);
    }

    private static bool IsDefault(TokenRequest request) => ReferenceEquals(request, TokenRequest.Default);
}
