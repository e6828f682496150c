using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Http;

/// <summary>
/// What <see cref="AccessTokenHandler"/> allows for one request: to carry a token to the origin that was checked. The last handler applies it to each send,
/// because a handler in between can repeat the request or change its URI.
/// </summary>
/// <param name="token">The token.</param>
/// <param name="originalUri">The URI that the caller set.</param>
/// <param name="origins">The origins that may receive the token.</param>
/// <param name="header">The header that carries the token.</param>
internal sealed class TokenUse(AccessToken token, Uri originalUri, AllowedOrigins origins, TokenHeader header)
{
    private static readonly HttpRequestOptionsKey<TokenUse> Key = new("JwtGrantClient.TokenUse");

    // A handler in between may send a copy of the request without its options. The execution context is still that of the request.
    private static readonly AsyncLocal<TokenUse?> Current = new();

    /// <summary>Returns what is allowed for a request; null if it has nothing to do with a request to which the handler added a token.</summary>
    public static TokenUse? Of(HttpRequestMessage request) => request.Options.TryGetValue(Key, out var use) ? use : Current.Value;

    /// <summary>Removes what was added to a request.</summary>
    public static void RemoveFrom(HttpRequestMessage request) => ((IDictionary<string, object?>)request.Options).Remove(Key.Key);

    /// <summary>Adds this to a request, for the last handler, and passes the request on.</summary>
    public Task<HttpResponseMessage> ForwardAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        request.Options.Set(Key, this);
        var outer = Current.Value;
        Current.Value = this;
        try
        {
            return send(request, cancellationToken);
        }
        finally
        {
            Current.Value = outer;
        }
    }

    /// <summary>
    /// Sends the request. A token that is bound to a key gets a new proof each time, and if the API requires its nonce in the proof, the request is sent
    /// once more (RFC 9449 section 9).
    /// </summary>
    /// <exception cref="JwtGrantException">The origin of the request is not the one that was checked, or the proof could not be signed.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        if (!header.Carries(request, token))
        {
            if (HasTokenInAnyHeader(request))
                origins.EnsureAllowed(request, originalUri);
            return await send(request, cancellationToken).ConfigureAwait(false);
        }
        origins.EnsureAllowed(request, originalUri);
        if (token.Proof is not { } proof)
            return await send(request, cancellationToken).ConfigureAwait(false);

        var target = request.RequestUri!;
        var response = await SendWithProofAsync(request, proof, nonce: null, send, cancellationToken).ConfigureAwait(false);
        if (!IsFrom(target, request) || DPoPHeaders.ReadNonce(response.Headers) is not { } nonce)
            return response;
        if (!RequiresNonce(response) || !RepeatableContent.Includes(request.Content))
        {
            proof.StoreNonce(target, nonce);
            return response;
        }
        // Only this request uses the nonce: an API may accept each nonce once, and other requests have got their own.
        response.Dispose();
        response = await SendWithProofAsync(request, proof, nonce, send, cancellationToken).ConfigureAwait(false);
        if (IsFrom(target, request))
        {
            var next = DPoPHeaders.ReadNonce(response.Headers);
            if (next is not null || !RequiresNonce(response))
                proof.StoreNonce(target, next ?? nonce);
        }
        return response;
    }

    private async Task<HttpResponseMessage> SendWithProofAsync(
        HttpRequestMessage request, ITokenProof proof, string? nonce, Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        var value = await proof.CreateProofAsync(request.Method, request.RequestUri!, token.Value, nonce, cancellationToken).ConfigureAwait(false);
        // The URI may have been changed during the signing.
        origins.EnsureAllowed(request, originalUri);
        request.Headers.Remove(DPoPHeaders.Proof);
        request.Headers.TryAddWithoutValidation(DPoPHeaders.Proof, value);
        try
        {
            return await send(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            request.Headers.Remove(DPoPHeaders.Proof);
        }
    }

    // A handler in between may have written the scheme differently, or moved the token to another header.
    private bool HasTokenInAnyHeader(HttpRequestMessage request)
    {
        foreach (var (_, values) in request.Headers.NonValidated)
            foreach (var value in values)
                if (value.Contains(token.Value, StringComparison.Ordinal))
                    return true;
        return false;
    }

    // A redirect removes the header and changes the URI of the request. Its target has not seen the token.
    private bool IsFrom(Uri target, HttpRequestMessage request) => header.Carries(request, token) && Origin.AreSame(target, request.RequestUri!);

    private bool RequiresNonce(HttpResponseMessage response) =>
        ChallengeEvaluator.Evaluate(response, token.Type, out _) == ChallengeResult.NonceRequired;
}
