using System.Runtime.CompilerServices;
using JwtGrantClient.DPoP;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// One token request, top-down (open first): find the endpoint, let grant and client authentication write a form, send it, read the
/// answer. The whole of <see cref="AttemptAsync"/> runs again on a retry, so every attempt carries fresh assertions and a fresh proof.
/// </summary>
internal sealed class TokenEndpointClient(
    EndpointLocator endpoint,
    ClientAuthentication authentication,
    TokenEndpointTransport transport,
    IRetry retry,
    ResponseRules rules,
    TimeProvider clock,
    Action? keysRefused = null,
    DPoPProofs? proofs = null) : ITokenEndpoint
{
    public Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var exchange = new Exchange(grant.MayBeRepeated, clock.GetTimestamp(), keysRefused);
        return exchange.RunAsync(retry, (exchange, cancellationToken) => AttemptAsync(grant, exchange, cancellationToken), cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TokenResponse> AttemptAsync(Grant grant, Exchange exchange, CancellationToken cancellationToken)
    {
        var address = await endpoint.LocateTokenEndpointAsync(grant.Type, cancellationToken).ConfigureAwait(false);
        var attempt = new Attempt(endpoint.Issuer, address, exchange.NextAttempt());
        var form = new TokenRequestForm();
        form.Add("grant_type", grant.Type);
        await grant.WriteAsync(form, attempt, cancellationToken).ConfigureAwait(false);
        await authentication.WriteAsync(form, attempt, cancellationToken).ConfigureAwait(false);
        using var request = form.ToRequest(address);
        if (proofs is not null)
            request.Headers.Add(DPoPHeaders.Proof, await proofs.ProveAsync(request.Method, address, cancellationToken).ConfigureAwait(false));
        var response = await exchange.SendAsync(transport, request, cancellationToken).ConfigureAwait(false);
        if (proofs?.TryKeepServerNonce(address, DPoPHeaders.NonceOf(response.Headers)) == true)
            exchange.NonceGiven();
        return TokenResponseReader.Read(response, grant.MayYieldOtherTokens ? rules with { AllowsOtherTokens = true } : rules);
    }
}
