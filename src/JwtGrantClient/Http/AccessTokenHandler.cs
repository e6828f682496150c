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
    private static readonly HttpRequestOptionsKey<Uri> FirstAddressKey = new("JwtGrantClient.FirstAddress");

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
    public static HttpRequestOptionsKey<TokenRequest> TokenRequestKey { get; } = new("JwtGrantClient.TokenRequest");

    /// <inheritdoc/>
    /// <exception cref="JwtGrantException">No token could be had, or it may not go where the request goes; nothing was sent.</exception>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.Authorization is not null)
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);

        // An outer retry brings the same message again, and a redirect may have rewritten its address in between.
        var first = request.Options.TryGetValue(FirstAddressKey, out var known) ? known : request.RequestUri;
        _origins.Demand(request.RequestUri, first);
        var tokenRequest = request.Options.TryGetValue(TokenRequestKey, out var own) ? own : _tokenRequest;
        var pending = _tokens.GetTokenAsync(tokenRequest, cancellationToken);
        var wasKept = pending.IsCompletedSuccessfully;
        var token = await pending.ConfigureAwait(false);

        var (response, tokenArrived) = await SendAsync(request, token, first!, cancellationToken).ConfigureAwait(false);
        string? scope = null;
        var verdict = tokenArrived ? ApiAnswer.Judge(response, out scope) : TokenVerdict.None;
        if (verdict == TokenVerdict.InsufficientScope)
            Log.InsufficientScope(_logger, AllowedOrigins.Origin(first!), scope);
        // A token that was acquired in this very call is as new as can be; another would fare no better.
        return verdict == TokenVerdict.Rejected && wasKept
            ? await SendAgainAsync(request, response, tokenRequest, token, first!, cancellationToken).ConfigureAwait(false)
            : response;
    }

    /// <summary>Refused: getting a token is asynchronous, and a request without one must not go out.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("AccessTokenHandler is asynchronous; use HttpClient.SendAsync in place of Send.");

    private async Task<HttpResponseMessage> SendAgainAsync(
        HttpRequestMessage request,
        HttpResponseMessage rejection,
        TokenRequest tokenRequest,
        AccessToken rejected,
        Uri first,
        CancellationToken cancellationToken)
    {
        Log.TokenRejected(_logger, AllowedOrigins.Origin(first));
        AccessToken renewed;
        try
        {
            await _tokens.InvalidateAsync(tokenRequest, rejected, cancellationToken).ConfigureAwait(false);
            if (!CanBeSentAgain(request.Content))
                return rejection;
            renewed = await _tokens.GetTokenAsync(tokenRequest, cancellationToken).ConfigureAwait(false);
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
        if (renewed.Value == rejected.Value)
            return rejection;
        rejection.Dispose();
        var (response, _) = await SendAsync(request, renewed, first, cancellationToken).ConfigureAwait(false);
        return response;
    }

    /// <summary>Sends with the header set, and takes it off again: the request is the caller's, and an outer retry must acquire anew.</summary>
    private async Task<(HttpResponseMessage Response, bool TokenArrived)> SendAsync(
        HttpRequestMessage request, AccessToken token, Uri first, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = token.Authorization;
        try
        {
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            // A redirect takes the header off and may lead elsewhere; who answered then never saw the token, or should not have.
            var tokenArrived = ReferenceEquals(request.Headers.Authorization, token.Authorization) && AllowedOrigins.AreSame(request.RequestUri!, first);
            return (response, tokenArrived);
        }
        finally
        {
            request.Headers.Authorization = null;
            if (!ReferenceEquals(request.RequestUri, first))
                request.Options.Set(FirstAddressKey, first);
        }
    }

    private static bool CanBeSentAgain(HttpContent? content) => content is null or ByteArrayContent or ReadOnlyMemoryContent or JsonContent;
}
