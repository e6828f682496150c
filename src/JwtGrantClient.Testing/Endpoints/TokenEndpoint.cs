using JwtGrantClient.Testing.Clients;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// The token endpoint (RFC 6749 section 3.2): authenticates the client, validates the grant, checks what the client is allowed, then issues
/// the tokens. A scripted response comes between the two steps.
/// </summary>
internal sealed class TokenEndpoint(
    ServerSettings settings,
    TokenResponseFactory responses,
    ClientAuthenticator authenticator,
    TokenEndpointProofs proofs,
    IReadOnlyDictionary<string, Func<GrantRequest, GrantResult>> grants)
{
    /// <summary>Validates the request and issues the tokens.</summary>
    public ServerResponse Handle(ServerRequest request, RecordedRequest record) => Complete(Validate(request, record), request, record);

    /// <summary>
    /// Validates the request, which uses up the <c>jti</c> of its assertions and its proof, but no code and no refresh token. Returns null, and records
    /// the refusal, if the request is refused.
    /// </summary>
    public ValidatedTokenRequest? Validate(ServerRequest request, RecordedRequest record)
    {
        try
        {
            return Validate(request, FormReader.Read(request, settings.Options.AcceptJsonRequests));
        }
        catch (RefusedException e)
        {
            record.Refusal = e.Refusal;
            return null;
        }
    }

    /// <summary>Issues the tokens of a valid request, or creates the error response of a refused one.</summary>
    public ServerResponse Complete(ValidatedTokenRequest? validated, ServerRequest request, RecordedRequest record)
    {
        ServerResponse response;
        try
        {
            validated?.Grant.UseUp?.Invoke();
            response = validated is null
                ? FormEndpoint.CreateErrorResponse(record.Refusal!, request)
                : responses.Create(validated.Grant, validated.Form, validated.Proof, request.CertificateThumbprint).ToResponse();
        }
        catch (RefusedException e)
        {
            record.Refusal = e.Refusal;
            response = FormEndpoint.CreateErrorResponse(e.Refusal, request);
        }
        return proofs.WithNonce(response, request, record.Refusal);
    }

    private ValidatedTokenRequest Validate(ServerRequest request, TokenForm form)
    {
        var grantType = form.GetRequired("grant_type");
        var client = authenticator.Authenticate(request, form);
        var validateGrant = grants.GetValueOrDefault(grantType) ?? throw GrantPolicy.UnsupportedGrantType(grantType, grants.Keys);
        var publicClient = authenticator.FindPublicClient(form);
        GrantPolicy.CheckGrantType(client, grantType);
        // The grant is validated last, so that an error elsewhere in the request does not use up a code.
        GrantPolicy.CheckTargets(form, settings.Options.SupportedTargets);
        var proof = proofs.Validate(request);
        TokenEndpointProofs.RequireProof(proof, client ?? publicClient);
        FapiRules.Check(settings.Options, client, proof is not null || request.CertificateThumbprint is not null);
        var grant = validateGrant(new(form, client, publicClient)
        {
            Record = request.Record, Proof = proof, Proofs = proofs,
        });
        // A response that requests a nonce uses up the jti of assertions, but no code and no refresh token.
        proofs.CheckNonce(proof);
        TokenEndpointProofs.RequireProof(proof, grant.Client);
        GrantPolicy.CheckGrantType(grant.Client, grantType);
        GrantPolicy.CheckScope(grant, settings.Options.SupportedScopes);
        return new(grant, form, proof);
    }
}

/// <summary>A valid token request, whose tokens are not issued yet.</summary>
internal sealed record ValidatedTokenRequest(GrantResult Grant, TokenForm Form, DPoPProof? Proof);
