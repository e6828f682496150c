using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.IdentityAssertions;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// Validates the jwt-bearer grant (RFC 7523 section 2.1). Client authentication is optional, unless the client's registration or an ID-JAG requires it.
/// </summary>
internal sealed class JwtBearerGrant(AssertionValidator assertions, ClientAuthenticator authenticator)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public GrantResult Validate(GrantRequest request)
    {
        var namedClient = request.AuthenticatedClient ?? authenticator.FindNamedClient(request.Form);
        var assertion = assertions.Validate(request.Form.GetRequired("assertion"), AssertionUse.Grant, request.Record);
        if (assertion.IdJagClaims is { } claims)
            return IdJagGrantRules.Validate(request, claims, assertion.Subject);
        if (request.AuthenticatedClient is null && assertion.Signer.Client is { } signer)
            ClientAuthenticator.CheckClientId(request.Form, signer);
        // If one client presents the assertion of another, the assertion may be stolen.
        if (request.AuthenticatedClient is { } presenter && assertion.Signer.Client is { } owner && owner.Id != presenter.Id)
            throw RefusedException.InvalidGrant("S10", "RFC 6749 section 5.2",
                $"The grant assertion is that of '{owner.Id}', but '{presenter.Id}' presents it.");
        var client = namedClient ?? assertion.Signer.Client;
        if (request.AuthenticatedClient is null && client?.RequireClientAuthentication == true)
            throw RefusedException.InvalidClient("S18", "RFC 7523 section 3.1",
                $"'{client.Id}' must authenticate in addition to its grant.");
        return new(client, client?.Id ?? assertion.Issuer, assertion.Subject, request.Form["scope"]);
    }
}
