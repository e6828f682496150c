using Polly;
using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Creates the errors of token requests that a pipeline ended: by a timeout, or by a strategy of the user's own.</summary>
internal static class TokenRequestErrors
{
    public static JwtGrantException From(ExecutionRejectedException rejection, RequestAttempts attempts, RetryOptions options, bool isOwnPipeline) => rejection switch
    {
        TimeoutRejectedException timeout when attempts.IsPreparing => NotPrepared(timeout, attempts, options, isOwnPipeline),
        TimeoutRejectedException timeout => WithLastFailure(
            "token_endpoint_timeout", $"The token endpoint gave no usable answer within {Limit(timeout)}.", rejection, attempts),
        _ => WithLastFailure(
            "token_request_not_let_through", $"The retry pipeline did not let the token request through ({rejection.GetType().Name}).", rejection, attempts),
    };

    private static JwtGrantException NotPrepared(
        TimeoutRejectedException timeout, RequestAttempts attempts, RetryOptions options, bool isOwnPipeline)
    {
        var time = timeout.Timeout == options.TotalTimeout ? "Retry:TotalTimeout is the setting for the time it has."
            : isOwnPipeline ? "A timeout of that pipeline sets the time it has."
            : "Retry:AttemptTimeout is the setting for the time it has.";
        return new(
            JwtGrantErrorKind.Transport, "token_source_timeout",
            $"No token within {Limit(timeout)}. Does the signer, the assertion provider, the token endpoint handler or the retry pipeline that the client " +
            $"was given hang? {time}{(attempts.LastError is { } last ? $" The last failure: {last.Message}" : "")}",
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
            what + (last is null ? " Check the address and the firewall." : $" The last failure: {last.Message}"),
            (Exception?)last ?? rejection)
        {
            IsTransient = true,
            StatusCode = last?.StatusCode,
            RetryAfter = last?.RetryAfter,
        };
    }

    private static string Limit(TimeoutRejectedException timeout) => $"{timeout.Timeout.TotalSeconds:0.###} s";
}
