using System.Runtime.CompilerServices;
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
/// <param name="Header">The header that carries the token.</param>
internal readonly record struct AuthorizedRequest(
    HttpRequestMessage Request, Uri OriginalUri, TokenRequest TokenRequest, AccessToken Token, TokenHeader Header)
{
    /// <summary>
    /// Gets whether the server that responded received the token: a redirect removes the header and may lead to another host.
    /// </summary>
    public bool TokenArrived =>
        Header.Carries(Request, Token) && Origin.AreSame(Request.RequestUri!, OriginalUri);

    /// <summary>Adds the token to the request.</summary>
    /// <exception cref="JwtGrantException">The token cannot be sent in the header.</exception>
    public void AddToken() => Header.AddTo(Request, Token);

    /// <summary>Removes the token from the request.</summary>
    public void RemoveToken() => Header.RemoveFrom(Request);

    /// <summary>Masks the token in a text of the API, which may echo what it received.</summary>
    public string MaskSecrets(string text) => new SecretMask([new("access token", Token.Value)]).Apply(text);
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
