namespace JwtGrantClient;

/// <summary>
/// Proves, with each use of a token, that the sender holds the key that the token is bound to (RFC 9449). A token that needs it carries it
/// along, so that whoever puts the token on a request need not know where it came from.
/// </summary>
internal interface ITokenProof
{
    /// <summary>Makes the value of the <c>DPoP</c> header for one sending of a request to an API.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="address">Where the request goes.</param>
    /// <param name="accessToken">The token that goes along.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    ValueTask<string> ProveAsync(HttpMethod method, Uri address, string accessToken, CancellationToken cancellationToken);

    /// <summary>Keeps the nonce that an API handed out, for the next proof to it.</summary>
    void KeepNonce(Uri address, string nonce);
}
