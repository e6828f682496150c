namespace JwtGrantClient;

/// <summary>Reports the status of a client and its tokens. It reads memory: it neither calls the server nor refreshes a token.</summary>
/// <example>
/// <code>
/// app.MapGet("/status", ([FromKeyedServices("reports")] ITokenStatusProvider reports) =>
/// {
///     TokenStatus status = reports.GetStatus();
///     return new { status.Health, status.State, status.RemainingLifetime, status.Failures, Error = status.LastError?.Code };
/// });
/// </code>
/// </example>
public interface ITokenStatusProvider
{
    /// <summary>Returns the current status. Safe for concurrent use.</summary>
    /// <remarks>
    /// A failure counts for all requests of the client if it concerns the server or the client. One that concerns a single request, such as invalid_grant for
    /// one user, counts for that request only.
    /// </remarks>
    /// <param name="request">What the token is for. Default: null, which means <see cref="TokenRequest.Default"/>, the client as configured.</param>
    TokenStatus GetStatus(TokenRequest? request = null);
}
