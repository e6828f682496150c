using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// One token request, top-down: find out who asks, judge the grant, then what it may have; issue, or refuse.
/// </summary>
internal sealed class TokenEndpoint(
    ServerSettings terms,
    TokenResponseFactory counter,
    ClientAuthenticator authenticator,
    TokenEndpointProofs proofs,
    IReadOnlyDictionary<string, Func<GrantRequest, GrantResult>> grants)
{
    public ServerResponse Answer(ServerRequest request, RecordedRequest record)
    {
        var response = FormEndpoint.Answer(request, record, form => Serve(request, form));
        return proofs.WithNonce(response, request, record.Refusal);
    }

    private ServerResponse Serve(ServerRequest request, TokenForm form)
    {
        var grantType = form.Required("grant_type");
        var client = authenticator.Authenticate(request, form);
        var judge = grants.GetValueOrDefault(grantType) ?? throw GrantPolicy.Unknown(grantType, grants.Keys);
        var publicClient = authenticator.Public(form);
        GrantPolicy.DemandGrantType(client, grantType);
        // Before the grant is judged, for a code or a refresh token is not to be used up by a slip elsewhere in the request.
        GrantPolicy.DemandTargets(form, terms.Options.SupportedTargets);
        var proof = proofs.Read(request);
        TokenEndpointProofs.Demand(proof, client ?? publicClient);
        FapiRules.Demand(terms.Options, client, proof is not null || request.CertificateThumbprint is not null);
        // An assertion is used up by an answer that asks for a nonce (S16), what a user gave is not.
        var entitlement = judge(new(form, client, publicClient) { Proof = proof, BeforeUse = () => proofs.DemandNonce(proof) });
        proofs.DemandNonce(proof);
        TokenEndpointProofs.Demand(proof, entitlement.Client);
        GrantPolicy.DemandGrantType(entitlement.Client, grantType);
        GrantPolicy.DemandScope(entitlement, terms.Options.SupportedScopes);
        return counter.Serve(entitlement, form, proof, request.CertificateThumbprint).ToResponse();
    }
}
