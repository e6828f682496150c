using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Revocation;

/// <summary>
/// Sends revocation requests (RFC 7009) with the client's authentication, through the same retries as token requests.
/// </summary>
internal sealed class RevocationClient(
    EndpointLocator locator, ClientAuthentication authentication, TokenEndpointTransport transport, TokenRequestPipeline pipeline, RequestSender sender,
    ClientInputs? inputs = null)
{
    /// <summary>Gets the additional headers of each request.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Revokes a token. A token that the server does not know counts as revoked (RFC 7009 section 2.2).</summary>
    /// <exception cref="JwtGrantException">The server rejected the request, or did not respond.</exception>
    public Task RevokeAsync(string token, string? typeHint, CancellationToken cancellationToken) => pipeline.RunAsync(
        (attempts, cancellationToken) => AttemptAsync(token, typeHint, attempts, cancellationToken), new RequestAttempts { Inputs = inputs?.ForAuthentication() },
        cancellationToken);

    private async ValueTask<TokenHttpResponse> AttemptAsync(
        string token, string? typeHint, RequestAttempts attempts, CancellationToken cancellationToken)
    {
        var endpoint = await locator.LocateRevocationEndpointAsync(cancellationToken).ConfigureAwait(false);
        var form = new TokenRequestForm(endpoint, locator.Issuer, attempts.BeginAttempt(), attempts.Inputs);
        form.Add("token", token);
        form.Add("token_type_hint", typeHint);
        await authentication.WriteAsync(form, cancellationToken).ConfigureAwait(false);
        using var request = form.ToRequest(Headers);
        attempts.BeforeSending(cancellationToken);
        var response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        // RFC 7009 section 2.2: clients ignore the body of a successful response.
        if (response.IsSuccess)
            return response;
        if (response.IsRedirect)
            throw TokenErrorReader.Redirect(response);
        using var json = JsonObjectReader.TryParse(response.Body, out _);
        throw TokenErrorReader.Read(response, json?.RootElement, sender);
    }
}
