using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// Validates the saml2-bearer grant (RFC 7522 section 2.1). The client must authenticate only if its registration requires it (section 3.1).
/// </summary>
internal sealed class SamlBearerGrant(SamlAssertionValidator assertions, ClientAuthenticator authenticator)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    public GrantResult Validate(GrantRequest request)
    {
        var client = request.AuthenticatedClient ?? authenticator.FindNamedClient(request.Form);
        if (request.AuthenticatedClient is null && client?.RequireClientAuthentication == true)
            throw RefusedException.InvalidClient("S18", "RFC 7522 section 3.1",
                $"'{client.Id}' must authenticate in addition to its grant.");
        var assertion = assertions.Validate(request.Form.GetRequired("assertion"), request.Record?.Number ?? 0);
        return new(client, client?.Id ?? assertion.Issuer, assertion.Subject, request.Form["scope"]);
    }
}
