using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Makes one token request, top-down (open first): finds the endpoint, lets grant and client authentication write a form, sends it, reads
/// the answer. The whole of <see cref="AttemptAsync"/> runs again on a retry, so every attempt carries fresh assertions and a fresh proof.
/// </summary>
internal sealed class TokenEndpointClient(
    EndpointLocator locator,
    ClientAuthentication authentication,
    TokenEndpointTransport transport,
    TokenRequestPipeline pipeline,
    ResponseRules rules,
    DPoPProofs? proofs = null) : ITokenEndpoint
{
    public Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var attempts = new RequestAttempts { GrantMayBeRepeated = grant.MayBeRepeated };
        return pipeline.RunAsync((attempts, cancellationToken) => AttemptAsync(grant, attempts, cancellationToken), attempts, cancellationToken);
    }

    /// <summary>Makes a request inside the total timeout of whoever keeps the token.</summary>
    /// <exception cref="JwtGrantException">No attempt succeeded.</exception>
    public Task<TokenResponse> RequestAsync(Grant grant, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        attempts.GrantMayBeRepeated = grant.MayBeRepeated;
        return pipeline.ExecuteAsync((attempts, cancellationToken) => AttemptAsync(grant, attempts, cancellationToken), attempts, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenResponse> AttemptAsync(Grant grant, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var endpoint = await locator.LocateTokenEndpointAsync(grant.Type, cancellationToken).ConfigureAwait(false);
        var form = new TokenRequestForm(endpoint, locator.Issuer, attempts.BeginPreparing());
        form.Add("grant_type", grant.Type);
        await grant.WriteAsync(form, cancellationToken).ConfigureAwait(false);
        await authentication.WriteAsync(form, cancellationToken).ConfigureAwait(false);
        using var request = form.ToRequest();
        if (proofs is not null)
            request.Headers.Add(DPoPHeaders.Proof, await proofs.ProveAsync(request.Method, endpoint, cancellationToken).ConfigureAwait(false));
        var response = await attempts.SendAsync(transport, request, cancellationToken).ConfigureAwait(false);
        if (proofs?.TryKeepServerNonce(endpoint, DPoPHeaders.NonceOf(response.Headers)) == true)
            attempts.OnNonceReceived();
        return TokenResponseReader.Read(response, grant.MayYieldOtherTokens ? rules with { AllowsOtherTokens = true } : rules);
    }
}
