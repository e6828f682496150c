using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;

namespace JwtGrantClient.Http;

/// <summary>One request with one token. The message is the caller's: headers that are set on it are removed again.</summary>
/// <param name="Request">The request.</param>
/// <param name="First">Where the caller addressed it.</param>
/// <param name="TokenRequest">What the token is for.</param>
/// <param name="Token">The token.</param>
internal readonly record struct AuthorizedRequest(HttpRequestMessage Request, Uri First, TokenRequest TokenRequest, AccessToken Token)
{
    private const string HeaderName = "Authorization";

    /// <summary>
    /// Whether the server that answered got the token: a redirect removes the header and may lead to another host.
    /// </summary>
    public bool TokenArrived =>
        Request.Headers.NonValidated.TryGetValues(HeaderName, out var sent) && sent.ToString() == Token.Authorization
        && AllowedOrigins.AreSame(Request.RequestUri!, First);

    /// <summary>Whether the request comes with an Authorization header of its own. Most come without any header, which costs little to see.</summary>
    public static bool IsAuthorized(HttpRequestMessage request) =>
        request.Headers.NonValidated is { Count: > 0 } headers && headers.Contains(HeaderName);

    /// <summary>Adds the token to the request; its characters were checked when the token was made.</summary>
    /// <exception cref="JwtGrantException">It is no access token.</exception>
    public void AddToken() => Request.Headers.TryAddWithoutValidation(HeaderName, Token.Authorization ?? throw JwtGrantException.Configuration(
        "not_an_access_token",
        "The token source gave a token of the type N_A, which is no access token (RFC 8693 section 2.2.1); the request was not sent. " +
        "Ask the server for an access token: TokenExchange:RequestedTokenType."));

    /// <summary>Adds a proof of possession that is made for this request alone.</summary>
    public async ValueTask AddProofAsync(ITokenProof proof, CancellationToken cancellationToken)
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

    public void RemoveToken()
    {
        Request.Headers.Authorization = null;
        if (Token.Proof is not null)
            Request.Headers.Remove(DPoPHeaders.Proof);
    }
}

/// <summary>
/// Where redirected requests were first addressed. A redirect rewrites the request's own address, and an outer retry brings the same
/// message again; the token must not follow. Only redirected requests cost anything.
/// </summary>
internal sealed class RedirectedRequests
{
    private readonly ConditionalWeakTable<HttpRequestMessage, Uri> _first = [];
    private volatile bool _areThereAny;

    public Uri? FirstAddressOf(HttpRequestMessage request) =>
        _areThereAny && _first.TryGetValue(request, out var first) ? first : request.RequestUri;

    public void Remember(HttpRequestMessage request, Uri first)
    {
        _first.AddOrUpdate(request, first);
        _areThereAny = true;
    }
}
