using Polly.Timeout;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>Says which failures may pass, so that the same request can succeed later.</summary>
internal static class TransientErrors
{
    /// <summary>The code where no connection was made: the server saw nothing.</summary>
    public const string Unreachable = "server_unreachable";

    /// <summary>The code where a connection was made and then failed.</summary>
    public const string ConnectionFailed = "connection_failed";

    /// <summary>Whether a failed attempt may be followed by another.</summary>
    public static bool IsTransient(Exception? failure) => failure is JwtGrantException { IsTransient: true } or TimeoutRejectedException;

    /// <summary>Whether an HTTP error without an OAuth error may pass: also a 4xx, which then comes from a proxy or a firewall.</summary>
    public static bool IsTransientStatus(int status) => status is (>= 400 and < 500) or 500 or 502 or 503 or 504;

    /// <summary>Whether an OAuth error may pass: never where its code is definite, whatever the status.</summary>
    public static bool IsTransientError(int status, string error) =>
        !IsDefinite(error) && (status is 408 or 429 or 500 or 502 or 503 or 504 || error is "server_error" or "internal_failure" or "temporarily_unavailable");

    // The same request gets the same answer, until somebody fixes the configuration.
    private static bool IsDefinite(string error) =>
        error is "invalid_client" or "invalid_grant" or "unauthorized_client" or "unsupported_grant_type" or "invalid_scope";
}
