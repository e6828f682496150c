using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>
/// A request and the token that is sent with it. The request message belongs to the caller, so the headers that are added to it are removed
/// after it was sent.
/// </summary>
/// <param name="Request">The request.</param>
/// <param name="OriginalUri">The URI that the caller set.</param>
/// <param name="TokenRequest">What the token is for.</param>
/// <param name="Token">The token.</param>
internal readonly record struct AuthorizedRequest(HttpRequestMessage Request, Uri OriginalUri, TokenRequest TokenRequest, AccessToken Token)
{
    private const string HeaderName = "Authorization";

    /// <summary>
    /// Gets whether the server that responded received the token: a redirect removes the header and may lead to another host.
    /// </summary>
    public bool TokenArrived =>
        Request.Headers.NonValidated.TryGetValues(HeaderName, out var sent) && sent.ToString() == Token.Authorization
        && AllowedOrigins.AreSame(Request.RequestUri!, OriginalUri);

    /// <summary>Returns whether the caller has set an Authorization header. Most requests have no header at all, which is cheap to check.</summary>
    public static bool IsAuthorized(HttpRequestMessage request) =>
        request.Headers.NonValidated is { Count: > 0 } headers && headers.Contains(HeaderName);

    /// <summary>Adds the token to the request. Its characters were validated when the token was created.</summary>
    /// <exception cref="JwtGrantException">The token is not an access token.</exception>
    public void AddToken() => Request.Headers.TryAddWithoutValidation(HeaderName, Token.Authorization ?? throw JwtGrantException.Configuration(
        "not_an_access_token",
        "The token source returned a token of the type N_A, which is not an access token (RFC 8693 section 2.2.1). The request was not sent. Set TokenExchange:RequestedTokenType to request an access token."));

    /// <summary>Adds a proof of possession, which is valid for this request only.</summary>
    public async ValueTask AddProofAsync(ITokenProof proof, CancellationToken cancellationToken)
    {
        var value = await proof.CreateProofAsync(Request.Method, Request.RequestUri!, Token.Value, cancellationToken).ConfigureAwait(false);
        Request.Headers.TryAddWithoutValidation(DPoPHeaders.Proof, value);
    }

    /// <summary>Stores the nonce of a response, whether the API accepted the request or not (RFC 9449 section 8.2).</summary>
    public void StoreNonce(HttpResponseMessage response)
    {
        if (Token.Proof is { } proof && DPoPHeaders.ReadNonce(response.Headers) is { } nonce)
            proof.StoreNonce(Request.RequestUri!, nonce);
    }

    /// <summary>Masks the token and its proof in a text of the API, which may echo what it received.</summary>
    public string MaskSecrets(string text)
    {
        List<KeyValuePair<string, string>> secrets = [new("access token", Token.Value)];
        if (Request.Headers.NonValidated.TryGetValues(DPoPHeaders.Proof, out var proof))
            secrets.Add(new("DPoP proof", proof.ToString()));
        return new SecretMask(secrets).Apply(text);
    }

    public void RemoveToken()
    {
        Request.Headers.Authorization = null;
        if (Token.Proof is not null)
            Request.Headers.Remove(DPoPHeaders.Proof);
    }
}

/// <summary>
/// The original URIs of redirected requests. A redirect replaces the URI of the request message, and an outer retry sends the same message
/// again; the token must not follow to the new origin. Requests that are not redirected are not stored.
/// </summary>
internal sealed class RedirectedRequests
{
    private readonly ConditionalWeakTable<HttpRequestMessage, Uri> _originalUris = [];
    private volatile bool _hasEntries;

    public Uri? GetOriginalUri(HttpRequestMessage request) =>
        _hasEntries && _originalUris.TryGetValue(request, out var original) ? original : request.RequestUri;

    public void Add(HttpRequestMessage request, Uri original)
    {
        _originalUris.AddOrUpdate(request, original);
        _hasEntries = true;
    }
}
