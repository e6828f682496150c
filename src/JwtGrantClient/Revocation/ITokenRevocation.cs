namespace JwtGrantClient;

/// <summary>Ends tokens before their time (RFC 7009), with the client's authentication.</summary>
public interface ITokenRevocation
{
    /// <summary>
    /// Gives up the token that is kept for a request, so that nobody gets it any more, and revokes it at the server. Does nothing where
    /// none is kept. The next GetTokenAsync obtains a new one.
    /// </summary>
    /// <param name="request">What the token was for.</param>
    /// <param name="cancellationToken">Cancels the revocation; the token is given up nevertheless.</param>
    /// <exception cref="JwtGrantException">The server refused, or could not be reached, or has no revocation endpoint.</exception>
    Task RevokeAsync(TokenRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Revokes a token that is not kept here, such as a refresh token. One that the server does not know counts as revoked.
    /// </summary>
    /// <param name="token">The token.</param>
    /// <param name="tokenTypeHint"><c>access_token</c> or <c>refresh_token</c> (RFC 7009 section 2.1); null leaves it to the server to find out.</param>
    /// <param name="cancellationToken">Cancels the revocation.</param>
    /// <exception cref="JwtGrantException">The server refused, or could not be reached, or has no revocation endpoint.</exception>
    Task RevokeTokenAsync(string token, string? tokenTypeHint = null, CancellationToken cancellationToken = default);
}
