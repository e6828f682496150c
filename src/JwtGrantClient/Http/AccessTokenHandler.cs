using System.Net.Http.Json;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient;

/// <summary>
/// Adds an access token to requests. Fails closed: no token, no request. A request that already has an Authorization header is left alone.
/// After a 401 that a new token may cure, the request is sent once more if its body can be sent again.
/// </summary>
public sealed class AccessTokenHandler : DelegatingHandler
{
    private readonly RedirectedRequests _redirected = new();
    private readonly ITokenSource _tokens;
    private readonly TokenRequest _tokenRequest;
    private readonly AllowedOrigins _origins;
    private readonly ILogger _logger;

    /// <summary>Creates a handler over a token source, which it neither owns nor disposes.</summary>
    /// <param name="tokens">Where tokens come from.</param>
    /// <param name="options">What to ask for, and where tokens may go. Default: as configured, to whatever https host a request is addressed to.</param>
    /// <param name="logger">Told of refused tokens. Default: nobody.</param>
    /// <exception cref="JwtGrantException">An allowed origin is not a usable address.</exception>
    public AccessTokenHandler(ITokenSource tokens, AccessTokenHandlerOptions? options = null, ILogger? logger = null)
        : this(
            tokens,
            options?.TokenRequest ?? TokenRequest.Default,
            new AllowedOrigins(options?.AllowedOrigins ?? [], options?.AllowLoopbackHttp ?? false),
            logger)
    {
    }

    internal AccessTokenHandler(ITokenSource tokens, TokenRequest tokenRequest, AllowedOrigins origins, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = tokens;
        _tokenRequest = tokenRequest;
        _origins = origins;
        _logger = logger ?? NullLogger.Instance;
    }

    /// <inheritdoc/>
    /// <exception cref="JwtGrantException">No token could be obtained, or the request's origin is not allowed to receive it; nothing was sent.</exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (AuthorizedRequest.IsAuthorized(request))
            return base.SendAsync(request, cancellationToken);
        var first = _redirected.FirstAddressOf(request);
        _origins.EnsureAllowed(request.RequestUri, first);
        var tokenRequest = request.GetTokenRequest() ?? _tokenRequest;
        var pending = _tokens.GetTokenAsync(tokenRequest, cancellationToken);
        return pending.IsCompletedSuccessfully
            ? SendWithCachedTokenAsync(new AuthorizedRequest(request, first!, tokenRequest, pending.Result), cancellationToken)
            : SendWithNewTokenAsync(request, first!, tokenRequest, pending, cancellationToken);
    }

    /// <summary>Refused: getting a token is asynchronous, and a request without one must not go out.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("AccessTokenHandler is asynchronous; use HttpClient.SendAsync in place of Send.");

    // An answer that is there already and says nothing of the token goes through without a further allocation.
    private Task<HttpResponseMessage> SendWithCachedTokenAsync(in AuthorizedRequest authorized, CancellationToken cancellationToken)
    {
        var answer = SendOnceAsync(authorized, cancellationToken);
#pragma warning disable CA1849 // The task has completed; reading its result does not block.
        if (!answer.IsCompletedSuccessfully || authorized.Token.Proof is not null || ChallengeEvaluator.MayConcernTheToken(answer.Result))
            return RetryIfRejectedAsync(authorized, answer, cancellationToken);
#pragma warning restore CA1849
        End(authorized);
        return answer;
    }

    // A token that was acquired in this very call is as new as can be; after a 401 another would fare no better.
    private async Task<HttpResponseMessage> SendWithNewTokenAsync(
        HttpRequestMessage request, Uri first, TokenRequest tokenRequest, ValueTask<AccessToken> pending, CancellationToken cancellationToken)
    {
        var authorized = new AuthorizedRequest(request, first, tokenRequest, await pending.ConfigureAwait(false));
        var (response, _) = await EvaluateAsync(authorized, SendOnceAsync(authorized, cancellationToken), cancellationToken).ConfigureAwait(false);
        return response;
    }

    private async Task<HttpResponseMessage> RetryIfRejectedAsync(AuthorizedRequest authorized, Task<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var (response, verdict) = await EvaluateAsync(authorized, answer, cancellationToken).ConfigureAwait(false);
        return verdict == ChallengeResult.Rejected
            ? await SendAgainAsync(authorized, response, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> SendAgainAsync(AuthorizedRequest authorized, HttpResponseMessage rejection, CancellationToken cancellationToken)
    {
        Log.TokenRejected(_logger, AllowedOrigins.Origin(authorized.First));
        AccessToken renewed;
        try
        {
            await _tokens.InvalidateAsync(authorized.TokenRequest, authorized.Token, cancellationToken).ConfigureAwait(false);
            if (!CanBeSentAgain(authorized.Request.Content))
                return rejection;
            renewed = await _tokens.GetTokenAsync(authorized.TokenRequest, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The source has logged why. The API's own answer says more to the caller than our failure to get a new token.
            return rejection;
        }
        catch (OperationCanceledException)
        {
            rejection.Dispose();
            throw;
        }
        if (renewed.Value == authorized.Token.Value)
            return rejection;
        rejection.Dispose();
        var again = authorized with { Token = renewed };
        var (response, _) = await EvaluateAsync(again, SendOnceAsync(again, cancellationToken), cancellationToken).ConfigureAwait(false);
        return response;
    }

    private Task<HttpResponseMessage> SendOnceAsync(in AuthorizedRequest authorized, CancellationToken cancellationToken)
    {
        authorized.AddToken();
        try
        {
            return authorized.Token.Proof is { } proof
                ? SendWithProofAsync(authorized, proof, cancellationToken)
                : base.SendAsync(authorized.Request, cancellationToken);
        }
        catch
        {
            End(authorized);
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendWithProofAsync(AuthorizedRequest authorized, ITokenProof proof, CancellationToken cancellationToken)
    {
        await authorized.AddProofAsync(proof, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(authorized.Request, cancellationToken).ConfigureAwait(false);
    }

    // Where the API only wants its nonce in the proof, the same token is sent once more; nothing is wrong with it.
    private async Task<(HttpResponseMessage Response, ChallengeResult Verdict)> EvaluateAsync(
        AuthorizedRequest authorized, Task<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var finished = await EvaluateOnceAsync(authorized, answer).ConfigureAwait(false);
        if (finished.Verdict != ChallengeResult.NonceDemanded || !CanBeSentAgain(authorized.Request.Content))
            return finished;
        finished.Response.Dispose();
        return await EvaluateOnceAsync(authorized, SendOnceAsync(authorized, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<(HttpResponseMessage Response, ChallengeResult Verdict)> EvaluateOnceAsync(AuthorizedRequest authorized, Task<HttpResponseMessage> answer)
    {
        try
        {
            var response = await answer.ConfigureAwait(false);
            if (!authorized.TokenArrived)
                return (response, ChallengeResult.None);
            authorized.KeepNonce(response);
            var verdict = ChallengeEvaluator.Evaluate(response, authorized.Token.Type, out var scope);
            if (verdict == ChallengeResult.InsufficientScope)
                Log.InsufficientScope(_logger, AllowedOrigins.Origin(authorized.First), scope);
            return (response, verdict);
        }
        finally
        {
            End(authorized);
        }
    }

    // The header is removed, so that an outer retry asks for a token again; where the request was first addressed is remembered.
    private void End(in AuthorizedRequest authorized)
    {
        authorized.RemoveToken();
        if (!ReferenceEquals(authorized.Request.RequestUri, authorized.First))
            _redirected.Remember(authorized.Request, authorized.First);
    }

    private static bool CanBeSentAgain(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent;
}
