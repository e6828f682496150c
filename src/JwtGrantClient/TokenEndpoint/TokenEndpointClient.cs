using System.Net.Http.Headers;
using Polly;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// One token request, top-down (open first): find the endpoint, let grant and client authentication write a form, send it, read the
/// answer. The whole of <see cref="AttemptAsync"/> runs again on a retry, so every attempt carries fresh assertions.
/// </summary>
internal sealed class TokenEndpointClient(
    EndpointLocator endpoint,
    ClientAuthentication authentication,
    TokenEndpointTransport transport,
    IRetry retry,
    ResponseRules rules,
    TimeProvider clock,
    Action? keysRefused = null) : ITokenEndpoint
{
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    public async Task<TokenResponse> RequestAsync(Grant grant, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grant);
        var exchange = new Exchange(grant, clock.GetTimestamp());
        try
        {
            return await retry.RunAsync(AttemptAsync, exchange, cancellationToken).ConfigureAwait(false);
        }
        catch (ExecutionRejectedException rejection)
        {
            throw exchange.Ended(rejection);
        }
    }

    private async ValueTask<TokenResponse> AttemptAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        try
        {
            var address = await endpoint.LocateAsync(cancellationToken).ConfigureAwait(false);
            var attempt = new Attempt(endpoint.Issuer, address, exchange.NextAttempt());
            var form = new TokenForm();
            await exchange.Grant.WriteAsync(form, attempt, cancellationToken).ConfigureAwait(false);
            await authentication.WriteAsync(form, attempt, cancellationToken).ConfigureAwait(false);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new TokenFormContent(form) };
            request.Headers.Accept.Add(Json);
            var response = await exchange.SendAsync(transport, request, cancellationToken).ConfigureAwait(false);
            return TokenResponseReader.Read(response, rules);
        }
        catch (JwtGrantException error)
        {
            exchange.Failed(error);
            // The key may have been replaced: it is read again before the next attempt (REFRESH).
            if (error.Error is "invalid_client" or "invalid_grant")
                keysRefused?.Invoke();
            throw;
        }
    }
}
