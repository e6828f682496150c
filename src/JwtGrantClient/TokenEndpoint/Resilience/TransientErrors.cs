using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Determines which failures are transient, so that the same request can succeed later.</summary>
internal static class TransientErrors
{
    /// <summary>The code of a failure without a connection: the server received nothing.</summary>
    public const string Unreachable = "server_unreachable";

    /// <summary>The code of a connection that was made and then failed.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>The code of a request that was not sent because the circuit breaker of the endpoint is open.</summary>
    public const string CircuitOpen = "token_endpoint_circuit_open";

    /// <summary>The code of a request that was not sent because others were in progress for all of its time.</summary>
    public const string Busy = "token_endpoint_busy";

    /// <summary>
    /// Returns whether another attempt may follow a failure. While the circuit breaker is open or the endpoint is busy, none does: callers get the error
    /// immediately. Neither does one after another client failed, which has retried itself.
    /// </summary>
    public static bool IsTransient(Exception? failure) =>
        failure is JwtGrantException { IsTransient: true, IsOfInput: false, Code: not (CircuitOpen or Busy) } or TimeoutRejectedException;

    /// <summary>
    /// Returns whether an HTTP error without an OAuth error is transient. A 4xx is, because it comes from a proxy or a firewall, except 404 and 405: they
    /// mean that the address is wrong.
    /// </summary>
    public static bool IsTransientStatus(int status) => status is (>= 400 and < 500) and not (404 or 405) || IsTransientServerError(status);

    /// <summary>Returns whether an OAuth error is transient. Definite error codes are not, whatever the status, and a 401 is not, whatever the code.</summary>
    public static bool IsTransientError(int status, string error) =>
        !IsDefinite(error) && status != 401 && (status is 408 or 425 or 429 || IsTransientServerError(status) || error is "server_error" or "internal_failure" or "temporarily_unavailable");

    /// <summary>
    /// Returns whether the server may have refused an assertion because of its key or its times. Some servers report that as an invalid request, and those that are
    /// not of OAuth have codes of their own.
    /// </summary>
    public static bool MayBeRejectedAssertion(JwtGrantException error) =>
        !error.IsOfInput && (error.Error is "invalid_client" or "invalid_grant" || error is { Kind: JwtGrantErrorKind.Refused, StatusCode: 401 }
            || (error.Error is "invalid_request" && AssertionErrorAdvice.IsAboutTimes(error.ErrorDescription)));

    // 520 to 529 are the codes of content delivery networks whose connection to the server failed.
    private static bool IsTransientServerError(int status) => status is 500 or 502 or 503 or 504 or (>= 520 and <= 529);

    // The same request gets the same response until the configuration is fixed.
    private static bool IsDefinite(string error) =>
        error is "invalid_client" or "invalid_grant" or "unauthorized_client" or "unsupported_grant_type" or "invalid_scope";
}
