namespace JwtGrantClient.TokenEndpoint;

/// <summary>Which answers may turn out better when asked again (REFRESH: one flight).</summary>
internal static class TransientErrors
{
    /// <summary>An HTTP error without an OAuth error: also a 4xx, which then comes from a proxy or a firewall.</summary>
    public static bool Status(int status) => status is (>= 400 and < 500) or 500 or 502 or 503 or 504;

    /// <summary>An OAuth error: definite where the code says so, whatever the status.</summary>
    public static bool Refusal(int status, string error) =>
        !IsDefinite(error) && (status is 408 or 429 or 500 or 502 or 503 or 504 || error is "server_error" or "internal_failure" or "temporarily_unavailable");

    /// <summary>Errors that somebody must mend: the same request gets the same answer.</summary>
    public static bool IsDefinite(string error) =>
        error is "invalid_client" or "invalid_grant" or "unauthorized_client" or "unsupported_grant_type" or "invalid_scope";
}
