namespace JwtGrantClient;

/// <summary>
/// Returns access tokens. <see cref="AccessTokenHandler"/> accepts any implementation, so a test can use its own.
/// </summary>
/// <example>
/// A service that gets its token source from dependency injection.
/// <code>
/// class Billing(ITokenSource tokens, HttpClient http)
/// {
///     public async Task&lt;string&gt; GetInvoicesAsync(string tenant, CancellationToken cancellationToken)
///     {
///         AccessToken token = await tokens.GetTokenAsync(
///             new TokenRequest { Subject = tenant, Scope = "billing.read" }, cancellationToken);
///         using var request = new HttpRequestMessage(HttpMethod.Get, "https://billing.example.com/invoices");
///         request.Headers.Authorization = new AuthenticationHeaderValue(token.Type, token.Value);
///         using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
///         return await response.Content.ReadAsStringAsync(cancellationToken);
///     }
/// }
/// </code>
/// </example>
public interface ITokenSource
{
    /// <summary>Returns an access token that is valid now. Implementations are safe for concurrent use.</summary>
    /// <param name="request">What the token is for. <see cref="TokenRequest.Default"/> is the client as configured.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. A token request that other callers wait for continues.</param>
    /// <returns>The token: from the cache if it is valid, otherwise from the token endpoint.</returns>
    /// <exception cref="JwtGrantException">No token could be obtained. <see cref="JwtGrantException.Kind"/> is the reason.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    /// <example>
    /// <code>
    /// AccessToken token = await tokens.GetTokenAsync(new TokenRequest { Scope = "reports.read" }, cancellationToken);
    /// </code>
    /// </example>
    ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Invalidates a token, so that the source does not return it again, not even if no new one can be obtained. Has no effect if the source already has
    /// another token: many rejections of one token cause one token request. If processes share their tokens, none of them gets this token from the shared
    /// store any more. <see cref="AccessTokenHandler"/> does not call this method after a 401: it replaces the token in its own process only, and other callers
    /// get the old one until the new one is there. For other implementations of this interface it calls this method.
    /// </summary>
    /// <param name="request">The request that <paramref name="rejected"/> was returned for.</param>
    /// <param name="rejected">The rejected token.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the token is invalidated. Default implementation: does nothing.</returns>
    ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default) => default;
}

/// <summary>Extension methods for <see cref="ITokenSource"/>.</summary>
public static class TokenSourceExtensions
{
    /// <summary>Returns an access token for the client as configured, <see cref="TokenRequest.Default"/>.</summary>
    /// <param name="tokens">The token source.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. A token request that other callers wait for continues.</param>
    /// <returns>The token: from the cache if it is valid, otherwise from the token endpoint.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="tokens"/> is null.</exception>
    /// <exception cref="JwtGrantException">No token could be obtained. <see cref="JwtGrantException.Kind"/> is the reason.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static ValueTask<AccessToken> GetTokenAsync(this ITokenSource tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.GetTokenAsync(TokenRequest.Default, cancellationToken);
    }

    /// <summary>
    /// Invalidates the cached token and returns a new one. Use it when the cached token is out of date before it expires, for example after the
    /// client was granted another permission.
    /// </summary>
    /// <param name="tokens">The token source.</param>
    /// <param name="request">What the token is for.</param>
    /// <param name="cancellationToken">Cancels the wait of this caller. A token request that other callers wait for continues.</param>
    /// <returns>A new token, or the last one if a token was already invalidated within the limit below.</returns>
    /// <remarks>
    /// Concurrent calls share one new token. Within <see cref="RefreshOptions.InvalidationInterval"/>, at most one token is invalidated.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="tokens"/> is null.</exception>
    /// <exception cref="JwtGrantException">No token could be obtained. <see cref="JwtGrantException.Kind"/> is the reason.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    public static async ValueTask<AccessToken> GetNewTokenAsync(
        this ITokenSource tokens, TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var cached = await tokens.GetTokenAsync(request, cancellationToken).ConfigureAwait(false);
        await tokens.InvalidateAsync(request, cached, cancellationToken).ConfigureAwait(false);
        return await tokens.GetTokenAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
