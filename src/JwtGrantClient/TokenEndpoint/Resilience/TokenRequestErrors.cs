using Polly;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Creates the errors of token requests that a timeout or another strategy of a pipeline ended.</summary>
internal static class TokenRequestErrors
{
    public static JwtGrantException From(
        ExecutionRejectedException rejection, RequestAttempts attempts, RetryOptions options, bool isCustomPipeline, EndpointLimitOptions? limits) => rejection switch
    {
        TimeoutRejectedException timeout when attempts.IsQueued && limits is not null => Busy(timeout.Timeout, attempts, limits),
        TimeoutRejectedException timeout when attempts.IsPreparing => NotPrepared(timeout, attempts, options, isCustomPipeline),
        TimeoutRejectedException timeout => WithLastFailure(
            "token_endpoint_timeout", $"The token endpoint sent no usable response within {Limit(timeout)}.", rejection, attempts),
        _ => WithLastFailure(
            "token_request_not_let_through", $"The retry pipeline rejected the token request ({rejection.GetType().Name}).", rejection, attempts),
    };

    /// <summary>Creates the error of a request that is not sent because the server asked to wait.</summary>
    public static JwtGrantException WaitRequested(TimeSpan remaining) => new(
        JwtGrantErrorKind.Transport, "token_endpoint_wait",
        $"No token request was sent: an earlier response of the token endpoint asked to wait (Retry-After), for another {Seconds(remaining)}. Requests are sent again after that.")
    {
        IsTransient = true,
        IsHeldBack = true,
        RetryAfter = remaining,
    };

    /// <summary>Creates the error of a request that is not sent because the circuit breaker is open.</summary>
    public static JwtGrantException CircuitOpen(TimeSpan remaining, JwtGrantException? last) => new(
        JwtGrantErrorKind.Transport, TransientErrors.CircuitOpen,
        $"No token request was sent: too many recent requests to the token endpoint failed. The next one is sent in {Seconds(remaining)} (EndpointLimits:BreakDuration).{LastFailure(last)}",
        last)
    {
        IsTransient = true,
        IsHeldBack = true,
        RetryAfter = remaining,
        StatusCode = last?.StatusCode,
    };

    /// <summary>Creates the error of a request that is not sent because others were in progress for all of its time.</summary>
    public static JwtGrantException Busy(TimeSpan waited, RequestAttempts attempts, EndpointLimitOptions limits) => new(
        JwtGrantErrorKind.Transport, TransientErrors.Busy,
        $"No token request was sent within {Seconds(waited)}: the maximum of {limits.MaxConcurrentRequests} requests to the endpoint was under way (EndpointLimits:MaxConcurrentRequests). Check whether the server is slow, or increase the limit.{LastFailure(attempts.LastError)}",
        attempts.LastError)
    {
        IsTransient = true,
        IsHeldBack = true,
    };

    private static JwtGrantException NotPrepared(
        TimeoutRejectedException timeout, RequestAttempts attempts, RetryOptions options, bool isCustomPipeline)
    {
        var time = timeout.Timeout == options.TotalTimeout ? "Retry:TotalTimeout sets the limit."
            : isCustomPipeline ? "A timeout of that pipeline sets the limit."
            : "Retry:AttemptTimeout sets the limit.";
        return new(
            JwtGrantErrorKind.Transport, "token_source_timeout",
            $"No token was obtained within {Limit(timeout)}. Check whether the signer, the assertion provider, the token endpoint handler or the retry pipeline of the client hangs. {time}{LastFailure(attempts.LastError)}",
            (Exception?)attempts.LastError ?? timeout)
        {
            IsTransient = true,
        };
    }

    private static JwtGrantException WithLastFailure(string code, string what, ExecutionRejectedException rejection, RequestAttempts attempts)
    {
        var last = attempts.LastError;
        return new(
            JwtGrantErrorKind.Transport,
            code,
            what + (last is null ? " Check whether the server, or a proxy before it, is overloaded, and whether a firewall drops packets." : LastFailure(last)),
            (Exception?)last ?? rejection)
        {
            IsTransient = true,
            StatusCode = last?.StatusCode,
            RetryAfter = last?.RetryAfter,
        };
    }

    private static string LastFailure(JwtGrantException? last) => last is null ? "" : $" The last failure: {last.Text}";

    private static string Limit(TimeoutRejectedException timeout) => Seconds(timeout.Timeout);

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.###} s";
}
