using System.Net;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Http;
using JwtGrantClient.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient;

/// <summary>
/// Adds an access token to the requests of an <see cref="HttpClient"/>. Without a token, a request is not sent. A request that already has an
/// Authorization header, or the header of <see cref="AccessTokenHandlerOptions.HeaderName"/>, is sent unchanged.
/// </summary>
/// <remarks>
/// After a 401 response that a new token may fix (RFC 6750 section 3.1), the handler replaces the token and sends the request once more with the new
/// one. Other requests get the old token until the new one is there. This applies to requests without content and with content that is a buffer: <see cref="StringContent"/>,
/// <see cref="FormUrlEncodedContent"/>, <see cref="ByteArrayContent"/> and <see cref="ReadOnlyMemoryContent"/>, but not their derived classes, streams,
/// multipart content and JsonContent. With <see cref="AccessTokenHandlerOptions.OnChallenge"/>, the same applies to a response that requires another token,
/// for example with more scope. A token that requires a DPoP proof (RFC 9449) gets a new proof each time the request is sent,
/// also by a resilience handler after this one. For this, the handler adds handlers of its own after the others at the first request.
/// </remarks>
/// <example>
/// A client without dependency injection. With dependency injection, call <c>AddJwtGrantToken</c> instead.
/// <code>
/// await using var tokens = JwtGrantTokenSource.Create(new JwtGrantOptions
/// {
///     Issuer = "https://as.example.com",
///     ClientId = "batch-worker",
///     SigningKey = { Path = "keys/batch.pem" },
/// });
/// using var http = new HttpClient(
///     new AccessTokenHandler(tokens, new() { AllowedOrigins = ["https://api.example.com"] })
///     {
///         InnerHandler = new SocketsHttpHandler(),
///     });
/// Console.WriteLine(await http.GetStringAsync("https://api.example.com/reports"));
/// </code>
/// </example>
public sealed class AccessTokenHandler : DelegatingHandler
{
    private readonly RedirectedRequests _redirected = new();
    private readonly ITokenSource _tokens;
    private readonly TokenRequest _tokenRequest;
    private readonly AllowedOrigins _origins;
    private readonly TokenHeader _header;
    private readonly Func<TokenChallenge, CancellationToken, ValueTask<TokenRequest?>>? _onChallenge;
    private readonly ILogger _logger;
    private readonly Func<bool>? _isTracing;
    private DownstreamHandlers? _downstream;

    /// <summary>Initializes a handler that gets its tokens from a token source. The handler does not dispose the token source.</summary>
    /// <param name="tokens">The token source.</param>
    /// <param name="options">
    /// The options, which are copied. Set <see cref="AccessTokenHandlerOptions.AllowedOrigins"/>: without it, every request is refused, because this handler
    /// does not see the base address of the HttpClient. Default: the token of the client as configured, and no allowed origins.
    /// </param>
    /// <param name="logger">Logs rejected tokens. Default: nothing is logged.</param>
    /// <exception cref="ArgumentNullException"><paramref name="tokens"/> is null.</exception>
    /// <exception cref="JwtGrantException">A value of <see cref="AccessTokenHandlerOptions.AllowedOrigins"/> is not a valid origin, or the header is not valid.</exception>
    public AccessTokenHandler(ITokenSource tokens, AccessTokenHandlerOptions? options = null, ILogger? logger = null)
        : this(
            tokens,
            options?.TokenRequest ?? TokenRequest.Default,
            new AllowedOrigins(options?.AllowedOrigins ?? [], options?.AllowLoopbackHttp ?? false),
            TokenHeader.From(options),
            options?.OnChallenge,
            logger)
    {
    }

    internal AccessTokenHandler(
        ITokenSource tokens, TokenRequest tokenRequest, AllowedOrigins origins, TokenHeader header,
        Func<TokenChallenge, CancellationToken, ValueTask<TokenRequest?>>? onChallenge, ILogger? logger, Func<bool>? isTracing = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        _tokens = tokens;
        _tokenRequest = tokenRequest;
        _origins = origins;
        _header = header;
        _onChallenge = onChallenge;
        _isTracing = isTracing;
        _logger = logger is null ? NullLogger.Instance : new NonThrowingLogger(logger);
    }

    /// <inheritdoc/>
    /// <exception cref="JwtGrantException">
    /// No token could be obtained, or the origin of the request is not allowed to receive the token, or a proxy would receive a request for this
    /// machine, or a header other than Authorization would follow a redirect. The request was not sent.
    /// </exception>
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        _downstream ??= DownstreamHandlers.Complete(this, _header, _isTracing);
        if (_header.IsIn(request))
            return base.SendAsync(request, cancellationToken);
        var originalUri = _redirected.GetOriginalUri(request);
        _origins.EnsureAllowed(request, originalUri);
        _downstream.EnsureNoProxy(request.RequestUri!);
        if (!_header.IsAuthorization)
            _downstream.EnsureNoRedirects(_header.Name);
        var tokenRequest = request.GetTokenRequest() ?? _tokenRequest;
        var pendingToken = _tokens.GetTokenAsync(tokenRequest, cancellationToken);
        return pendingToken.IsCompletedSuccessfully
            ? SendWithCachedTokenAsync(new AuthorizedRequest(request, originalUri!, tokenRequest, pendingToken.Result, _header), cancellationToken)
            : SendWithNewTokenAsync(request, originalUri!, tokenRequest, pendingToken, cancellationToken);
    }

    /// <summary>Not supported: a token is obtained asynchronously, and a request must not be sent without one.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("AccessTokenHandler is asynchronous; use HttpClient.SendAsync instead of Send.");

    // If the response is already available and does not concern the token, this method returns it without another allocation.
    private Task<HttpResponseMessage> SendWithCachedTokenAsync(in AuthorizedRequest authorized, CancellationToken cancellationToken)
    {
        var pendingResponse = SendOnceAsync(authorized, cancellationToken);
#pragma warning disable CA1849 // The task has completed; reading its result does not block.
        if (!pendingResponse.IsCompletedSuccessfully || ChallengeEvaluator.MayConcernToken(pendingResponse.Result))
            return RespondToChallengeAsync(authorized, pendingResponse, mayReplace: true, cancellationToken);
        LoggedHeaders.HideEchoes(pendingResponse.Result);
#pragma warning restore CA1849
        OnSent(authorized);
        return pendingResponse;
    }

    // A token that this call has acquired is new, so a 401 is not retried: another new token would not be accepted either. One that another process has
    // acquired may have been revoked since.
    private async Task<HttpResponseMessage> SendWithNewTokenAsync(
        HttpRequestMessage request, Uri originalUri, TokenRequest tokenRequest, ValueTask<AccessToken> pendingToken, CancellationToken cancellationToken)
    {
        var authorized = new AuthorizedRequest(request, originalUri, tokenRequest, await pendingToken.ConfigureAwait(false), _header);
        // The URI may have been changed during the wait.
        _origins.EnsureAllowed(request, originalUri);
        return await RespondToChallengeAsync(authorized, SendOnceAsync(authorized, cancellationToken), authorized.Token.IsAdopted, cancellationToken).ConfigureAwait(false);
    }

    // At most three sends: with the cached token, with its replacement, and with the token that the callback requests.
    private async Task<HttpResponseMessage> RespondToChallengeAsync(
        AuthorizedRequest authorized, Task<HttpResponseMessage> pendingResponse, bool mayReplace, CancellationToken cancellationToken)
    {
        var api = await EvaluateAsync(authorized, pendingResponse).ConfigureAwait(false);
        if (api.Result == ChallengeResult.Rejected && mayReplace)
        {
            LogRejection(authorized, api.Response);
            var newToken = ReplaceAsync(authorized, RepeatableContent.Includes(authorized.Request.Content), cancellationToken);
            api = await RetryAsync(authorized, api, newToken, cancellationToken).ConfigureAwait(false);
        }
        if (api.Challenge is not { } challenge || _onChallenge is null || !RepeatableContent.Includes(authorized.Request.Content))
            return api.Response;
        if (await RequestOtherTokenAsync(challenge, api.Response, cancellationToken).ConfigureAwait(false) is not { } tokenRequest)
            return api.Response;
        var otherToken = GetTokenAsync(tokenRequest, cancellationToken);
        api = await RetryAsync(authorized with { TokenRequest = tokenRequest }, api, otherToken, cancellationToken).ConfigureAwait(false);
        return api.Response;
    }

    // Returns null if the response goes to the caller.
    private async ValueTask<TokenRequest?> RequestOtherTokenAsync(TokenChallenge challenge, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var tokenRequest = await _onChallenge!(challenge, cancellationToken).ConfigureAwait(false);
            return challenge.TokenRequest.Equals(tokenRequest) ? null : tokenRequest;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<ApiResponse> RetryAsync(
        AuthorizedRequest authorized, ApiResponse rejection, ValueTask<AccessToken?> pendingToken, CancellationToken cancellationToken)
    {
        AccessToken? newToken;
        try
        {
            newToken = await pendingToken.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The token source has logged the error. The API's response is more useful to the caller than the failure to get a new token.
            return rejection;
        }
        catch (OperationCanceledException)
        {
            rejection.Response.Dispose();
            throw;
        }
        if (newToken is null || newToken.Value == authorized.Token.Value)
            return rejection;
        rejection.Response.Dispose();
        _origins.EnsureAllowed(authorized.Request, authorized.OriginalUri);
        var retry = authorized with { Token = newToken };
        return await EvaluateAsync(retry, SendOnceAsync(retry, cancellationToken)).ConfigureAwait(false);
    }

    private async ValueTask<AccessToken?> GetTokenAsync(TokenRequest tokenRequest, CancellationToken cancellationToken) =>
        await _tokens.GetTokenAsync(tokenRequest, cancellationToken).ConfigureAwait(false);

    // Returns null if the request cannot be sent again, so that there is no reason to wait.
    private async ValueTask<AccessToken?> ReplaceAsync(AuthorizedRequest authorized, bool isRepeatable, CancellationToken cancellationToken)
    {
        var (request, rejected) = (authorized.TokenRequest, authorized.Token);
        if (_tokens is ITokenRejectionListener listener)
            return await listener.ReplaceAsync(request, rejected, isRepeatable, cancellationToken).ConfigureAwait(false);
        await _tokens.InvalidateAsync(request, rejected, cancellationToken).ConfigureAwait(false);
        return isRepeatable ? await _tokens.GetTokenAsync(request, cancellationToken).ConfigureAwait(false) : null;
    }

    private Task<HttpResponseMessage> SendOnceAsync(in AuthorizedRequest authorized, CancellationToken cancellationToken)
    {
        authorized.AddToken();
        try
        {
            if (!_downstream!.HasInnermost && authorized.Token.Proof is null)
                return base.SendAsync(authorized.Request, cancellationToken);
            var use = new TokenUse(authorized.Token, authorized.OriginalUri, _origins, _header);
            if (!_downstream.HasInnermost)
                return use.SendAsync(authorized.Request, base.SendAsync, cancellationToken);
            return use.ForwardAsync(authorized.Request, base.SendAsync, cancellationToken);
        }
        catch
        {
            OnSent(authorized);
            throw;
        }
    }

    private async Task<ApiResponse> EvaluateAsync(AuthorizedRequest authorized, Task<HttpResponseMessage> pendingResponse)
    {
        try
        {
            var response = await pendingResponse.ConfigureAwait(false);
            var api = Evaluate(authorized, response);
            LoggedHeaders.HideEchoes(response);
            return api;
        }
        finally
        {
            OnSent(authorized);
        }
    }

    private ApiResponse Evaluate(in AuthorizedRequest authorized, HttpResponseMessage response)
    {
        if (!authorized.TokenArrived)
            return new(response, ChallengeResult.None);
        var result = ChallengeEvaluator.Evaluate(response, _header.SchemeOf(authorized.Token), out var insufficient);
        if (insufficient is null)
            return new(response, result);
        if (insufficient.Error == "insufficient_scope" && response.StatusCode == HttpStatusCode.Forbidden)
            Log.InsufficientScope(_logger, Origin.From(authorized.OriginalUri).ToString(), insufficient.Scope is null ? null : SanitizedText.From(authorized.MaskSecrets(insufficient.Scope)));
        return new(response, result, new TokenChallenge(insufficient, authorized.Request, authorized.TokenRequest, authorized.MaskSecrets));
    }

    private void LogRejection(in AuthorizedRequest authorized, HttpResponseMessage response)
    {
        var reason = ChallengeEvaluator.ReadDescription(response, _header.SchemeOf(authorized.Token));
        Log.TokenRejected(
            _logger, Origin.From(authorized.OriginalUri).ToString(), reason is null ? "none given." : SanitizedText.ToSentence(SanitizedText.From(authorized.MaskSecrets(reason))));
    }

    // Without the header, an outer retry of the same message gets a token again. After a redirect, the original URI is stored for that retry.
    private void OnSent(in AuthorizedRequest authorized)
    {
        authorized.RemoveToken();
        if (_downstream!.HasInnermost)
            TokenUse.RemoveFrom(authorized.Request);
        if (!ReferenceEquals(authorized.Request.RequestUri, authorized.OriginalUri))
            _redirected.Add(authorized.Request, authorized.OriginalUri);
    }

    /// <summary>A response of the API, and what it means for the token.</summary>
    private readonly record struct ApiResponse(HttpResponseMessage Response, ChallengeResult Result, TokenChallenge? Challenge = null);
}
