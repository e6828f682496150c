using System.Runtime.CompilerServices;
using JwtGrantClient.Assertions;
using JwtGrantClient.DPoP;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Makes one token request (open first): finds the endpoint, lets grant and client authentication write a form, sends it and reads the response.
/// A retry runs all of <see cref="AttemptAsync"/> again, so that every attempt carries fresh assertions and a fresh proof.
/// </summary>
internal sealed class TokenEndpointClient(
    EndpointLocator locator,
    ClientAuthentication authentication,
    TokenEndpointTransport transport,
    TokenRequestPipeline pipeline,
    ResponseRules rules,
    DPoPProofs? proofs = null,
    RequestSender? sender = null,
    ClientInputs? inputs = null,
    RequestEncoding encoding = RequestEncoding.Form) : ITokenEndpoint
{
    /// <summary>Gets the additional headers of each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var attempts = new RequestAttempts { GrantMayBeRepeated = grant.MayBeRepeated, Inputs = inputs?.ForAuthentication() };
        return pipeline.RunAsync((attempts, cancellationToken) => AttemptAsync(grant, attempts, cancellationToken), attempts, cancellationToken);
    }

    /// <summary>Makes a request with the configured grant, within the total timeout that the cache has started.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public Task<TokenResponse> RequestAsync(Grant grant, TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        (attempts.GrantMayBeRepeated, attempts.Inputs) = (grant.MayBeRepeated, inputs?.For(request));
        return pipeline.ExecuteAsync((attempts, cancellationToken) => AttemptAsync(grant, attempts, cancellationToken), attempts, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenResponse> AttemptAsync(Grant grant, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var endpoint = await locator.LocateTokenEndpointAsync(grant.Type, cancellationToken).ConfigureAwait(false);
        var form = new TokenRequestForm(endpoint, locator.Issuer, attempts.BeginAttempt(), attempts.Inputs);
        form.Add("grant_type", grant.Type);
        await grant.WriteAsync(form, cancellationToken).ConfigureAwait(false);
        await authentication.WriteAsync(form, cancellationToken).ConfigureAwait(false);
        using var request = form.ToRequest(Headers, encoding);
        var nonce = attempts.TakeNonce();
        if (proofs is not null)
            request.Headers.Add(DPoPHeaders.Proof, await proofs.CreateProofAsync(request.Method, endpoint, nonce, cancellationToken).ConfigureAwait(false));
        attempts.BeforeSending(cancellationToken);
        var response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        transport.ServerClock?.Observe(response.ClockAhead, response.IsSuccess);
        attempts.Status = (short)response.Status;
        var responseRules = grant.MayYieldOtherTokens ? rules with { AllowsOtherTokens = true } : rules;
        return proofs is null
            ? TokenResponseReader.Read(response, responseRules, sender)
            : ReadWithNonce(response, responseRules, proofs, endpoint, nonce, attempts);
    }

    // A nonce that the server requires goes into the next attempt of this request alone. If it was stored at once, another request could use it first, and
    // a server that accepts each nonce once would refuse this request again. A nonce that was accepted is stored if the server sent no newer one.
    private TokenResponse ReadWithNonce(
        TokenHttpResponse response, ResponseRules rules, DPoPProofs proofs, Uri endpoint, string? sentNonce, RequestAttempts attempts)
    {
        var nonce = DPoPHeaders.ReadNonce(response.Headers) ?? sentNonce;
        try
        {
            return TokenResponseReader.Read(response, rules, sender);
        }
        catch (JwtGrantException e) when (e.Error == DPoPHeaders.UseNonceError)
        {
            if (nonce == sentNonce || (nonce is not null && attempts.TryKeepNonce(nonce)))
                nonce = null;
            throw;
        }
        finally
        {
            if (nonce is not null)
                proofs.StoreServerNonce(endpoint, nonce);
        }
    }
}

/// <summary>
/// Acquires tokens for the cache. The cache applies the total timeout, so that it also ends a source that hangs.
/// </summary>
internal interface ITokenAcquirer
{
    /// <summary>Acquires a token.</summary>
    /// <param name="request">What the token is for.</param>
    /// <param name="attempts">Limits the attempts and records their results.</param>
    /// <param name="cancellationToken">Canceled at the total timeout.</param>
    /// <exception cref="JwtGrantException">No token could be obtained.</exception>
    Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken);
}

/// <summary>
/// Acquires tokens from the token endpoint. It completes a request from the client's settings and turns it into the configured grant.
/// </summary>
/// <param name="endpoint">Exchanges the grant.</param>
/// <param name="grantFor">Returns the configured grant for a request.</param>
/// <param name="defaults">The scope, resources and parameters of the client's settings.</param>
/// <param name="scopes">Compares the granted scope with the requested one; null to accept any.</param>
internal sealed class TokenEndpointSource(
    TokenEndpointClient endpoint, Func<TokenRequest, Grant> grantFor, TokenRequest defaults, GrantedScopes? scopes = null) : ITokenAcquirer
{
    /// <summary>
    /// Gets the requested type of tokens that are not access tokens: they are for another client, or for a header of their own. Null for access tokens.
    /// </summary>
    public string? OtherTokenType { get; init; }

    /// <summary>Gets what moves the scope into a claim; null if it is a parameter.</summary>
    public ScopeClaim? ScopeClaim { get; init; }

    /// <exception cref="JwtGrantException">No token could be obtained, or one that is not an access token.</exception>
    public async Task<AccessToken> GetTokenAsync(TokenRequest request, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        request = Complete(request);
        var sent = ScopeClaim is null ? request : ScopeClaim.Move(request);
        var response = await endpoint.RequestAsync(grantFor(sent), sent, attempts, cancellationToken).ConfigureAwait(false);
        if (response.AccessToken.Type == AccessToken.NotApplicable && OtherTokenType is null)
            throw NotAnAccessToken(response);
        // Some servers issue an access token, which is a JWT, for a JWT.
        if (OtherTokenType is not null && response.IssuedTokenType is { } issued && issued != OtherTokenType
            && (response.AccessToken.Type == AccessToken.NotApplicable || OtherTokenType != TokenTypes.Jwt))
            throw OtherTypeIssued(OtherTokenType, issued);
        // Another server decides by exp whether it accepts a JWT, whatever expires_in says.
        var token = OtherTokenType is null ? response.AccessToken : response.AccessToken.Until(JwtExpiry.Read(response.AccessToken.Value));
        scopes?.Check(request, token);
        return token;
    }

    private static JwtGrantException NotAnAccessToken(TokenResponse response) => JwtGrantException.Configuration(
        "not_an_access_token",
        $"The server issued a token of the type {SettingText.QuoteUrl(SanitizedText.From(response.IssuedTokenType ?? "(none)"))}, which is not an access token (RFC 8693 section 2.2.1). Set TokenExchange:RequestedTokenType to an access token type, or request the token through ITokenEndpoint.");

    private static JwtGrantException OtherTypeIssued(string requested, string issued) => new(
        JwtGrantErrorKind.MalformedResponse, "other_token_type_issued",
        $"The server issued a token of the type {SettingText.QuoteUrl(SanitizedText.From(issued))}; expected {SettingText.QuoteUrl(requested)} (TokenExchange:RequestedTokenType). Check that the server supports the requested type, and that the client may request it.");

    private TokenRequest Complete(TokenRequest request) => request.Equals(TokenRequest.Default) ? defaults : request.CompleteFrom(defaults);
}
