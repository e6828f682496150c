namespace JwtGrantClient;

/// <summary>
/// Proves that the sender of a request has the key that an access token is bound to (RFC 9449). A bound token carries this object, so that
/// the code that sends the token does not depend on where it came from.
/// </summary>
internal interface ITokenProof
{
    /// <summary>Creates the value of the <c>DPoP</c> header for a request to an API. Each time the request is sent it needs a new proof.</summary>
    /// <param name="method">The HTTP method of the request.</param>
    /// <param name="address">The URI of the request.</param>
    /// <param name="accessToken">The token that is sent with the request.</param>
    /// <param name="nonce">The nonce of the response that the request is repeated for; null for the stored nonce of the API.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    ValueTask<string> CreateProofAsync(HttpMethod method, Uri address, string accessToken, string? nonce, CancellationToken cancellationToken);

    /// <summary>Stores the nonce that an API sent (RFC 9449 section 9), for the next proof to that API.</summary>
    /// <param name="address">The URI of the API.</param>
    /// <param name="nonce">The nonce, with the syntax of RFC 9449 section 8.1.</param>
    void StoreNonce(Uri address, string nonce);
}
