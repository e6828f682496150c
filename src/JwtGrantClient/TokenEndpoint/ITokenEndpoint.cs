namespace JwtGrantClient;

/// <summary>
/// Sends single token requests with the client's authentication and caches nothing. It is for grants that result from a user's sign-in, such as
/// an authorization code. For tokens that are used again, use an <see cref="ITokenSource"/>.
/// </summary>
/// <example>
/// <code>
/// TokenResponse response = await endpoint.RequestAsync(Grant.AuthorizationCode(code, "https://app.example.com/callback", codeVerifier));
/// </code>
/// </example>
public interface ITokenEndpoint
{
    /// <summary>Sends one token request (RFC 6749 section 4) and returns the response.</summary>
    /// <param name="grant">What is exchanged for a token.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="JwtGrantException">The server rejected the request, or its response was not usable.</exception>
    /// <exception cref="OperationCanceledException">The request was canceled.</exception>
    Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default);
}
