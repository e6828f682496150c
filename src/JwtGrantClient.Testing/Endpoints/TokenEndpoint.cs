using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Judging;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// One token request, top-down: find out who asks, judge the grant, then what it may have; issue, or refuse.
/// </summary>
internal sealed class TokenEndpoint(
    ServerTerms terms,
    TokenCounter counter,
    ClientAuthenticator authenticator,
    IReadOnlyDictionary<string, Func<GrantRequest, Entitlement>> grants)
{
    public ServerResponse Answer(ServerRequest request, RecordedRequest record) =>
        FormEndpoint.Answer(request, record, form => Serve(request, form));

    private ServerResponse Serve(ServerRequest request, TokenForm form)
    {
        var grantType = form.Required("grant_type");
        var client = authenticator.Authenticate(request, form);
        var judge = grants.GetValueOrDefault(grantType) ?? throw GrantPolicy.Unknown(grantType, grants.Keys);
        GrantPolicy.DemandGrantType(client, grantType);
        // Before the grant is judged, for a code or a refresh token is not to be used up by a slip elsewhere in the request.
        GrantPolicy.DemandTargets(form, terms.Options.SupportedTargets);
        var entitlement = judge(new(form, client, authenticator.Public(form)));
        GrantPolicy.DemandGrantType(entitlement.Client, grantType);
        GrantPolicy.DemandScope(entitlement, terms.Options.SupportedScopes);
        return counter.Serve(entitlement, form).ToResponse();
    }
}
