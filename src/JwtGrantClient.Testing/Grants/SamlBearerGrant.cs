using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// RFC 7522 section 2.1: a SAML 2.0 bearer assertion is the grant; client authentication is optional, but checked where it is there (S18).
/// </summary>
internal sealed class SamlBearerGrant(SamlAssertionValidator judge, ClientAuthenticator authenticator)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    public GrantResult Judge(GrantRequest request)
    {
        var client = request.AuthenticatedClient ?? authenticator.Named(request.Form);
        if (request.AuthenticatedClient is null && client?.RequireClientAuthentication == true)
            throw RefusedException.Client("S18", "RFC 7522 section 3.1",
                $"'{client.Id}' must authenticate beside its grant.");
        var assertion = judge.Judge(request.Form.Required("assertion"));
        return new(client, client?.Id ?? assertion.Issuer, assertion.Subject, request.Form["scope"]);
    }
}
