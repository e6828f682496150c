using JwtGrantClient.DPoP;

namespace JwtGrantClient.Http;

/// <summary>One sending of a request with one token. The request is the caller's: what is put on it comes off again.</summary>
/// <param name="Request">The request.</param>
/// <param name="First">Where the caller addressed it.</param>
/// <param name="TokenRequest">What the token is for.</param>
/// <param name="Token">The token.</param>
internal readonly record struct AuthorizedRequest(HttpRequestMessage Request, Uri First, TokenRequest TokenRequest, AccessToken Token)
{
    private const string HeaderName = "Authorization";

    /// <summary>
    /// A redirect takes the header off and may lead elsewhere; who answered then never saw the token, or should not have.
    /// </summary>
    public bool TokenArrived =>
        Request.Headers.NonValidated.TryGetValues(HeaderName, out var sent) && sent.ToString() == Token.Authorization
        && AllowedOrigins.AreSame(Request.RequestUri!, First);

    /// <summary>Whether the request comes with an Authorization header of its own. Most come without any header, which is cheap to see.</summary>
    public static bool IsAuthorized(HttpRequestMessage request) =>
        request.Headers.NonValidated is { Count: > 0 } headers && headers.Contains(HeaderName);

    /// <summary>Puts the token on the request; what it is made of was checked when the token was made.</summary>
    /// <exception cref="JwtGrantException">It is no access token.</exception>
    public void PutTokenOn() => Request.Headers.TryAddWithoutValidation(HeaderName, Token.Authorization ?? throw JwtGrantException.Configuration(
        "not_an_access_token",
        "The token source gave a token of the type N_A, which is no access token (RFC 8693 section 2.2.1); the request was not sent. " +
        "Ask the server for an access token: TokenExchange:RequestedTokenType."));

    /// <summary>Puts a proof of possession beside it, made for this sending alone.</summary>
    public async ValueTask PutProofOnAsync(ITokenProof proof, CancellationToken cancellationToken)
    {
        var value = await proof.ProveAsync(Request.Method, Request.RequestUri!, Token.Value, cancellationToken).ConfigureAwait(false);
        Request.Headers.TryAddWithoutValidation(DPoPHeaders.Proof, value);
    }

    /// <summary>Keeps the nonce that came with an answer, be it a refusal or not (RFC 9449 section 8.2).</summary>
    public void KeepNonce(HttpResponseMessage response)
    {
        if (Token.Proof is { } proof && DPoPHeaders.NonceOf(response.Headers) is { } nonce)
            proof.KeepNonce(Request.RequestUri!, nonce);
    }

    public void TakeTokenOff()
    {
        Request.Headers.Authorization = null;
        if (Token.Proof is not null)
            Request.Headers.Remove(DPoPHeaders.Proof);
    }
}
