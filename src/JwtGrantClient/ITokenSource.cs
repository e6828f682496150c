namespace JwtGrantClient;

/// <summary>
/// The one seam of this library: a request for a token in, an access token out. Sources wrap one another; the HTTP handler
/// works over any of them, and so does a test of yours that implements this interface.
/// </summary>
public interface ITokenSource
{
    /// <summary>Returns an access token that is valid now. Safe for concurrent use.</summary>
    /// <param name="request">What the token is for; <see cref="TokenRequest.Default"/> is the client as configured.</param>
    /// <param name="cancellationToken">Ends this caller's wait only; an acquisition that others wait for goes on.</param>
    /// <exception cref="JwtGrantException">No token could be obtained; <see cref="JwtGrantException.Kind"/> says why.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells the source that an API refused a token, so that it is not handed out again. Does nothing when the source already
    /// holds another token, so that a hundred refusals of one token cost one new token.
    /// </summary>
    /// <param name="request">The request that <paramref name="rejected"/> was the answer to.</param>
    /// <param name="rejected">The token that was refused.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default) => default;
}

/// <summary>Shorthand over <see cref="ITokenSource"/>.</summary>
public static class TokenSourceExtensions
{
    /// <summary>Returns an access token for the client as configured: <see cref="TokenRequest.Default"/>.</summary>
    /// <param name="tokens">The source to ask.</param>
    /// <param name="cancellationToken">Ends this caller's wait only.</param>
    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static ValueTask<AccessToken> GetTokenAsync(this ITokenSource tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.GetTokenAsync(TokenRequest.Default, cancellationToken);
    }

    /// <summary>
    /// Returns a new token in place of the one that is kept, such as after a right was granted that the old one does not carry: gives up
    /// the kept token and asks again. Many such calls at once get one new token. At most one token is given up in <see
    /// cref="RefreshOptions.InvalidationInterval"/>; within it the last one is returned again.
    /// </summary>
    /// <param name="tokens">The source to ask.</param>
    /// <param name="request">What the token is for.</param>
    /// <param name="cancellationToken">Ends this caller's wait only.</param>
    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public static async ValueTask<AccessToken> GetNewTokenAsync(
        this ITokenSource tokens, TokenRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var kept = await tokens.GetTokenAsync(request, cancellationToken).ConfigureAwait(false);
        await tokens.InvalidateAsync(request, kept, cancellationToken).ConfigureAwait(false);
        return await tokens.GetTokenAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
