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
        if (request.Headers.Authorization is not null)
            return base.SendAsync(request, cancellationToken);
        var first = _redirected.FirstAddressOf(request);
        _origins.Demand(request.RequestUri, first);
        var tokenRequest = _isKeyInUse && request.Options.TryGetValue(OwnRequestKey, out var own) ? own : _tokenRequest;
        var pending = _tokens.GetTokenAsync(tokenRequest, cancellationToken);
        return pending.IsCompletedSuccessfully
            ? SendWithKeptTokenAsync(new(request, first!, tokenRequest, pending.Result), cancellationToken)
            : SendWithNewTokenAsync(request, first!, tokenRequest, pending, cancellationToken);
    }

    /// <summary>Refused: getting a token is asynchronous, and a request without one must not go out.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("AccessTokenHandler is asynchronous; use HttpClient.SendAsync in place of Send.");

    // An answer that is there already and says nothing of the token goes through without a further allocation.
    private Task<HttpResponseMessage> SendWithKeptTokenAsync(in Attempt attempt, CancellationToken cancellationToken)
    {
        var sending = BeginAsync(attempt, cancellationToken);
#pragma warning disable CA1849 // The task has completed; reading its result does not block.
        if (!sending.IsCompletedSuccessfully || ApiAnswer.MayConcernTheToken(sending.Result))
            return JudgeAsync(attempt, sending, cancellationToken);
#pragma warning restore CA1849
        End(attempt);
        return sending;
    }

    // A token that was acquired in this very call is as new as can be; after a 401 another would fare no better.
    private async Task<HttpResponseMessage> SendWithNewTokenAsync(
        HttpRequestMessage request, Uri first, TokenRequest tokenRequest, ValueTask<AccessToken> pending, CancellationToken cancellationToken)
    {
        var attempt = new Attempt(request, first, tokenRequest, await pending.ConfigureAwait(false));
        var (response, _) = await FinishAsync(attempt, BeginAsync(attempt, cancellationToken)).ConfigureAwait(false);
        return response;
    }

    private async Task<HttpResponseMessage> JudgeAsync(Attempt attempt, Task<HttpResponseMessage> sending, CancellationToken cancellationToken)
    {
        var (response, verdict) = await FinishAsync(attempt, sending).ConfigureAwait(false);
        return verdict == TokenVerdict.Rejected
            ? await SendAgainAsync(attempt, response, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private async Task<HttpResponseMessage> SendAgainAsync(Attempt attempt, HttpResponseMessage rejection, CancellationToken cancellationToken)
    {
        Log.TokenRejected(_logger, AllowedOrigins.Origin(attempt.First));
        AccessToken renewed;
        try
        {
            await _tokens.InvalidateAsync(attempt.TokenRequest, attempt.Token, cancellationToken).ConfigureAwait(false);
            if (!CanBeSentAgain(attempt.Request.Content))
                return rejection;
            renewed = await _tokens.GetTokenAsync(attempt.TokenRequest, cancellationToken).ConfigureAwait(false);
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
        if (renewed.Value == attempt.Token.Value)
            return rejection;
        rejection.Dispose();
        var again = attempt with { Token = renewed };
        var (response, _) = await FinishAsync(again, BeginAsync(again, cancellationToken)).ConfigureAwait(false);
        return response;
    }

    private Task<HttpResponseMessage> BeginAsync(in Attempt attempt, CancellationToken cancellationToken)
    {
        attempt.Request.Headers.Authorization = attempt.Token.Authorization;
        try
        {
            return base.SendAsync(attempt.Request, cancellationToken);
        }
        catch
        {
            End(attempt);
            throw;
        }
    }

    private async Task<(HttpResponseMessage Response, TokenVerdict Verdict)> FinishAsync(Attempt attempt, Task<HttpResponseMessage> sending)
    {
        try
        {
            var response = await sending.ConfigureAwait(false);
            if (!attempt.TokenArrived)
                return (response, TokenVerdict.None);
            var verdict = ApiAnswer.Judge(response, out var scope);
            if (verdict == TokenVerdict.InsufficientScope)
                Log.InsufficientScope(_logger, AllowedOrigins.Origin(attempt.First), scope);
            return (response, verdict);
        }
        finally
        {
            End(attempt);
        }
    }

    // The request is the caller's: the header comes off, so that an outer retry acquires anew; where it was first addressed is kept in mind.
    private void End(in Attempt attempt)
    {
        attempt.Request.Headers.Authorization = null;
        if (!ReferenceEquals(attempt.Request.RequestUri, attempt.First))
            _redirected.Remember(attempt.Request, attempt.First);
    }

    private static bool CanBeSentAgain(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent;

    /// <summary>One sending of a request with one token.</summary>
    private readonly record struct Attempt(HttpRequestMessage Request, Uri First, TokenRequest TokenRequest, AccessToken Token)
    {
        // A redirect takes the header off and may lead elsewhere; who answered then never saw the token, or should not have.
        public bool TokenArrived =>
            ReferenceEquals(Request.Headers.Authorization, Token.Authorization) && AllowedOrigins.AreSame(Request.RequestUri!, First);
    }
}
