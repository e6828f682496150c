using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Revocation;

/// <summary>
/// One revocation request, top-down (RFC 7009): as the token endpoint's, with the client's authentication and its retries.
/// </summary>
internal sealed class RevocationClient(
    EndpointLocator endpoint,
    ClientAuthentication authentication,
    TokenEndpointTransport transport,
    IRetry retry,
    TimeProvider clock,
    Action? keysRefused = null)
{
    /// <summary>Revokes a token. A token that the server does not know counts as revoked (RFC 7009 section 2.2).</summary>
    /// <exception cref="JwtGrantException">The server refused, or there was no answer.</exception>
    public async Task RevokeAsync(string token, string? typeHint, CancellationToken cancellationToken)
    {
        var exchange = new Exchange(mayBeRepeated: true, clock.GetTimestamp(), keysRefused);
        await exchange.RunAsync(
            retry, (exchange, cancellationToken) => AttemptAsync(token, typeHint, exchange, cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    private async ValueTask<bool> AttemptAsync(string token, string? typeHint, Exchange exchange, CancellationToken cancellationToken)
    {
        var address = await endpoint.LocateRevocationEndpointAsync(cancellationToken).ConfigureAwait(false);
        var attempt = new Attempt(endpoint.Issuer, address, exchange.NextAttempt());
        var form = new TokenRequestForm();
        form.Add("token", token);
        form.Add("token_type_hint", typeHint);
        await authentication.WriteAsync(form, attempt, cancellationToken).ConfigureAwait(false);
        using var request = form.ToRequest(address);
        var response = await exchange.SendAsync(transport, request, cancellationToken).ConfigureAwait(false);
        // The body of a success has no meaning (RFC 7009 section 2.2), so it is not read.
        if (response.IsSuccess)
            return true;
        if (response.IsRedirect)
            throw TokenErrorReader.Redirect(response);
        using var json = JsonObjectReader.TryParse(response.Body, out _);
        throw TokenErrorReader.Read(response, json?.RootElement);
    }
}
