using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// RFC 7523 section 2.1: the assertion is the grant; client authentication is optional, but checked where it is there (S18).
/// </summary>
internal sealed class JwtBearerGrant(AssertionValidator judge, ClientAuthenticator authenticator)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public GrantResult Judge(GrantRequest request)
    {
        var named = request.AuthenticatedClient ?? authenticator.Named(request.Form);
        var assertion = judge.Judge(request.Form.Required("assertion"), AssertionUse.Grant);
        if (request.AuthenticatedClient is null && assertion.AssertionIssuer.Client is { } signer)
            ClientAuthenticator.DemandSameClient(request.Form, signer);
        // What a client signs for itself is a stolen thing in the hands of another.
        if (request.AuthenticatedClient is { } presenter && assertion.AssertionIssuer.Client is { } owner && owner.Id != presenter.Id)
            throw RefusedException.Grant("S10", "RFC 6749 section 5.2",
                $"The grant assertion is that of '{owner.Id}', but '{presenter.Id}' presents it.");
        var client = named ?? assertion.AssertionIssuer.Client;
        if (request.AuthenticatedClient is null && client?.RequireClientAuthentication == true)
            throw RefusedException.Client("S18", "RFC 7523 section 3.1",
                $"'{client.Id}' must authenticate beside its grant.");
        return new(client, client?.Id ?? assertion.Issuer, assertion.Subject, request.Form["scope"]);
    }
}
