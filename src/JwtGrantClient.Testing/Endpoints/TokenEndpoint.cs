using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// The token endpoint (RFC 6749 section 3.2): authenticates the client, validates the grant, checks what the client is allowed, then issues
/// the tokens.
/// </summary>
internal sealed class TokenEndpoint(
    ServerSettings settings,
    TokenResponseFactory responses,
    ClientAuthenticator authenticator,
    TokenEndpointProofs proofs,
    IReadOnlyDictionary<string, Func<GrantRequest, GrantResult>> grants)
{
    public ServerResponse Handle(ServerRequest request, RecordedRequest record)
    {
        var response = FormEndpoint.Handle(request, record, form => Process(request, form));
        return proofs.WithNonce(response, request, record.Refusal);
    }

    private ServerResponse Process(ServerRequest request, TokenForm form)
    {
        var grantType = form.GetRequired("grant_type");
        var client = authenticator.Authenticate(request, form);
        var validateGrant = grants.GetValueOrDefault(grantType) ?? throw GrantPolicy.UnsupportedGrantType(grantType, grants.Keys);
        var publicClient = authenticator.FindPublicClient(form);
        GrantPolicy.CheckGrantType(client, grantType);
        // The grant is validated last, so that an error elsewhere in the request does not use up a code or a refresh token.
        GrantPolicy.CheckTargets(form, settings.Options.SupportedTargets);
        var proof = proofs.Validate(request);
        TokenEndpointProofs.RequireProof(proof, client ?? publicClient);
        FapiRules.Check(settings.Options, client, proof is not null || request.CertificateThumbprint is not null);
        // A response that requests a nonce uses up the jti of assertions, but no code and no refresh token.
        var grant = validateGrant(new(form, client, publicClient) { Proof = proof, BeforeUse = () => proofs.CheckNonce(proof) });
        proofs.CheckNonce(proof);
        TokenEndpointProofs.RequireProof(proof, grant.Client);
        GrantPolicy.CheckGrantType(grant.Client, grantType);
        GrantPolicy.CheckScope(grant, settings.Options.SupportedScopes);
        return responses.Create(grant, form, proof, request.CertificateThumbprint).ToResponse();
    }
}
