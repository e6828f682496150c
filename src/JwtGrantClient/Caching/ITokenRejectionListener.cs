namespace JwtGrantClient.Caching;

/// <summary>A token source that replaces a token after an API rejected it, in this process only: one API must not take the token from the others.</summary>
internal interface ITokenRejectionListener
{
    /// <summary>
    /// Starts to replace the token if it is still the cached one. Unlike <see cref="ITokenSource.InvalidateAsync"/>, other callers get it until the new one is
    /// there, and other processes may still adopt it.
    /// </summary>
    /// <param name="request">The request that <paramref name="rejected"/> was returned for.</param>
    /// <param name="rejected">The rejected token.</param>
    /// <param name="callerWaits">Whether the caller waits for the new token.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The current token, which is the rejected one if there is no new one yet; null if the caller does not wait.</returns>
    /// <exception cref="JwtGrantException">No new token could be obtained.</exception>
    ValueTask<AccessToken?> ReplaceAsync(TokenRequest request, AccessToken rejected, bool callerWaits, CancellationToken cancellationToken);
}
