using System.Net.Http.Json;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient;

/// <summary>
/// Puts an access token on requests. Fails closed: no token, no request. A request that already has an Authorization header is left alone.
/// After a 401 that a new token may cure, it sends the request once more where the body can be sent again.
/// </summary>
public sealed class AccessTokenHandler : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<TokenRequest> OwnRequestKey = new("JwtGrantClient.TokenRequest");
    private static bool _isKeyInUse;

    private readonly RedirectedRequests _redirected = new();
    private readonly ITokenSource _tokens;
    private readonly TokenRequest _tokenRequest;
    private readonly AllowedOrigins _origins;
    private readonly ILogger _logger;

    /// <summary>Makes a handler over a token source, which it neither owns nor disposes.</summary>
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

    /// <summary>Set on a request's options, it says what the token of that one request is for: a user, a tenant, a scope.</summary>
    public static HttpRequestOptionsKey<TokenRequest> TokenRequestKey
    {
        get
        {
            // Whoever sets it asks for it here first. Until somebody does, no request's options are looked at, for looking makes them.
            _isKeyInUse = true;
            return OwnRequestKey;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="JwtGrantException">No token could be had, or it may not go where the request goes; nothing was sent.</exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (AuthorizedRequest.IsAuthorized(request))
            return base.SendAsync(request, cancellationToken);
        var first = _redirected.FirstAddressOf(request);
        _origins.EnsureAllowed(request.RequestUri, first);
        var tokenRequest = _isKeyInUse && request.Options.TryGetValue(OwnRequestKey, out var own) ? own : _tokenRequest;
        var pending = _tokens.GetTokenAsync(tokenRequest, cancellationToken);
        return pending.IsCompletedSuccessfully
            ? SendWithKeptTokenAsync(new AuthorizedRequest(request, first!, tokenRequest, pending.Result), cancellationToken)
            : SendWithNewTokenAsync(request, first!, tokenRequest, pending, cancellationToken);
    }

    /// <summary>Refused: getting a token is asynchronous, and a request without one must not go out.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("AccessTokenHandler is asynchronous; use HttpClient.SendAsync in place of Send.");

    // An answer that is there already and says nothing of the token goes through without a further allocation.
    private Task<HttpResponseMessage> SendWithKeptTokenAsync(in AuthorizedRequest sending, CancellationToken cancellationToken)
    {
        var answer = BeginAsync(sending, cancellationToken);
#pragma warning disable CA1849 // The task has completed; reading its result does not block.
        if (!answer.IsCompletedSuccessfully || sending.Token.Proof is not null || ChallengeEvaluator.MayConcernTheToken(answer.Result))
            return JudgeAsync(sending, answer, cancellationToken);
#pragma warning restore CA1849
        End(sending);
        return answer;
    }

    // A token that was acquired in this very call is as new as can be; after a 401 another would fare no better.
    private async Task<HttpResponseMessage> SendWithNewTokenAsync(
        HttpRequestMessage request, Uri first, TokenRequest tokenRequest, ValueTask<AccessToken> pending, CancellationToken cancellationToken)
    {
        var sending = new AuthorizedRequest(request, first, tokenRequest, await pending.ConfigureAwait(false));
        var (response, _) = await FinishAsync(sending, BeginAsync(sending, cancellationToken), cancellationToken).ConfigureAwait(false);
        return response;
    }

    private async Task<HttpResponseMessage> JudgeAsync(AuthorizedRequest sending, Task<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var (response, verdict) = await FinishAsync(sending, answer, cancellationToken).ConfigureAwait(false);
        return verdict == TokenVerdict.Rejected
            ? await SendAgainAsync(sending, response, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> SendAgainAsync(AuthorizedRequest sending, HttpResponseMessage rejection, CancellationToken cancellationToken)
    {
        Log.TokenRejected(_logger, AllowedOrigins.Origin(sending.First));
        AccessToken renewed;
        try
        {
            await _tokens.InvalidateAsync(sending.TokenRequest, sending.Token, cancellationToken).ConfigureAwait(false);
            if (!CanBeSentAgain(sending.Request.Content))
                return rejection;
            renewed = await _tokens.GetTokenAsync(sending.TokenRequest, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The source has logged why. The API's own answer says more to the caller than our failure to better it.
            return rejection;
        }
        catch (OperationCanceledException)
        {
            rejection.Dispose();
            throw;
        }
        if (renewed.Value == sending.Token.Value)
            return rejection;
        rejection.Dispose();
        var again = sending with { Token = renewed };
        var (response, _) = await FinishAsync(again, BeginAsync(again, cancellationToken), cancellationToken).ConfigureAwait(false);
        return response;
    }

    private Task<HttpResponseMessage> BeginAsync(in AuthorizedRequest sending, CancellationToken cancellationToken)
    {
        sending.PutTokenOn();
        try
        {
            return sending.Token.Proof is { } proof
                ? ProveAndSendAsync(sending, proof, cancellationToken)
                : base.SendAsync(sending.Request, cancellationToken);
        }
        catch
        {
            End(sending);
            throw;
        }
    }

    private async Task<HttpResponseMessage> ProveAndSendAsync(AuthorizedRequest sending, ITokenProof proof, CancellationToken cancellationToken)
    {
        await sending.PutProofOnAsync(proof, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(sending.Request, cancellationToken).ConfigureAwait(false);
    }

    // Where the API only wants its nonce in the proof, the same token is sent once more; nothing is wrong with it.
    private async Task<(HttpResponseMessage Response, TokenVerdict Verdict)> FinishAsync(
        AuthorizedRequest sending, Task<HttpResponseMessage> answer, CancellationToken cancellationToken)
    {
        var finished = await FinishOneAsync(sending, answer).ConfigureAwait(false);
        if (finished.Verdict != TokenVerdict.NonceDemanded || !CanBeSentAgain(sending.Request.Content))
            return finished;
        finished.Response.Dispose();
        return await FinishOneAsync(sending, BeginAsync(sending, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<(HttpResponseMessage Response, TokenVerdict Verdict)> FinishOneAsync(AuthorizedRequest sending, Task<HttpResponseMessage> answer)
    {
        try
        {
            var response = await answer.ConfigureAwait(false);
            if (!sending.TokenArrived)
                return (response, TokenVerdict.None);
            sending.KeepNonce(response);
            var verdict = ChallengeEvaluator.Judge(response, sending.Token.Type, out var scope);
            if (verdict == TokenVerdict.InsufficientScope)
                Log.InsufficientScope(_logger, AllowedOrigins.Origin(sending.First), scope);
            return (response, verdict);
        }
        finally
        {
            End(sending);
        }
    }

    // The header comes off, so that an outer retry acquires anew; where the request was first addressed is kept in mind.
    private void End(in AuthorizedRequest sending)
    {
        sending.TakeTokenOff();
        if (!ReferenceEquals(sending.Request.RequestUri, sending.First))
            _redirected.Remember(sending.Request, sending.First);
    }

    private static bool CanBeSentAgain(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent;
}
