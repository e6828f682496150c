namespace JwtGrantClient;

/// <summary>
/// One exchange at the token endpoint, with the client's authentication applied and nothing kept: for grants that a user's login
/// brings, such as an authorization code. For tokens that are used again, take an <see cref="ITokenSource"/>.
/// </summary>
public interface ITokenEndpoint
{
    /// <summary>Sends one token request (RFC 6749 section 4) and reads the answer.</summary>
    /// <param name="grant">What is exchanged for a token.</param>
    /// <param name="cancellationToken">Cancels the request, the one on the wire included.</param>
    /// <exception cref="JwtGrantException">The request was refused, or there was no usable answer.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default);
}
