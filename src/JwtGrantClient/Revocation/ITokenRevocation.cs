namespace JwtGrantClient;

/// <summary>Revokes tokens at the authorization server (RFC 7009). The requests carry the client's authentication.</summary>
/// <example>
/// <code>
/// class Logout([FromKeyedServices("reports")] ITokenRevocation revocation)
/// {
///     public async Task RunAsync(string user, string refreshToken, CancellationToken cancellationToken)
///     {
///         await revocation.RevokeAsync(new TokenRequest { Subject = user }, cancellationToken);
///         await revocation.RevokeTokenAsync(refreshToken, "refresh_token", cancellationToken);
///     }
/// }
/// </code>
/// </example>
public interface ITokenRevocation
{
    /// <summary>
    /// Removes the token of a request from the cache and revokes it at the server. Does nothing if no valid token is cached. The next
    /// <see cref="ITokenSource.GetTokenAsync"/> acquires a new token. If processes share their tokens, none of them gets this token from the shared
    /// store any more.
    /// </summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="cancellationToken">Cancels the revocation. The token is removed from the cache in any case.</param>
    /// <exception cref="ArgumentNullException"><paramref name="request"/> is null.</exception>
    /// <exception cref="JwtGrantException">The server rejected the request or could not be reached, or its revocation endpoint is not known.</exception>
    /// <exception cref="OperationCanceledException">The revocation was canceled.</exception>
    Task RevokeAsync(TokenRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets the tokens of a user who signs out: removes the tokens of all cached requests with the subject from the cache, so that they are not used
    /// again, and revokes them at the server if it has a revocation endpoint. If processes share their tokens, none of them gets these tokens from the
    /// shared store any more.
    /// </summary>
    /// <remarks>A token request that is under way is not canceled. Other processes keep a token that they already have until it is refreshed.</remarks>
    /// <param name="subject">The <see cref="TokenRequest.Subject"/> of the requests.</param>
    /// <param name="cancellationToken">Cancels the revocation. The tokens are removed from the cache in any case.</param>
    /// <exception cref="ArgumentException"><paramref name="subject"/> is null or empty.</exception>
    /// <exception cref="JwtGrantException">The server rejected a request or could not be reached. The tokens are removed from the cache nevertheless.</exception>
    /// <exception cref="OperationCanceledException">The revocation was cancelled.</exception>
    Task ForgetSubjectAsync(string subject, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a token that is not in the cache, such as a refresh token. A token that the server does not know counts as revoked (RFC 7009
    /// section 2.2).
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="tokenTypeHint">
    /// <c>access_token</c> or <c>refresh_token</c> (RFC 7009 section 2.1). Default: null, no hint; the server determines the type.
    /// </param>
    /// <param name="cancellationToken">Cancels the revocation.</param>
    /// <exception cref="ArgumentException"><paramref name="token"/> is null or empty.</exception>
    /// <exception cref="JwtGrantException">The server rejected the request or could not be reached, or its revocation endpoint is not known.</exception>
    /// <exception cref="OperationCanceledException">The revocation was canceled.</exception>
    Task RevokeTokenAsync(string token, string? tokenTypeHint = null, CancellationToken cancellationToken = default);
}
