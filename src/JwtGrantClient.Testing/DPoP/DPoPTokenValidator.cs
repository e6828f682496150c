using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// Validates a request to a resource server with a DPoP-bound access token (RFC 9449 sections 7 and 9): the scheme DPoP, and a proof with
/// the key that the token is bound to.
/// </summary>
internal sealed class DPoPTokenValidator(ServerSettings settings, TokenIssuer tokens, NonceStore nonces)
{
    private const string Scheme = "DPoP ";

    private readonly DPoPProofValidator _proofs = new(settings);

    public AccessTokenCheck Validate(string method, string address, string? authorization, string? proof, string? requiredScope)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
            return authorization is null
                ? new(401, $"DPoP algs=\"{string.Join(' ', FapiRules.Algorithms(settings.Options).Select(algorithm => algorithm.Name))}\"")
                : BearerTokenValidator.Validate(tokens, authorization, requiredScope);
        var check = ValidateToken(method, address, authorization[Scheme.Length..].Trim(), proof, requiredScope);
        return nonces.IsRequired || check.WwwAuthenticate?.Contains(TokenEndpointProofs.UseNonce, StringComparison.Ordinal) == true
            ? check with { DPoPNonce = nonces.Current }
            : check;
    }

    private AccessTokenCheck ValidateToken(string method, string address, string accessToken, string? proof, string? requiredScope)
    {
        if (tokens.Find(accessToken, out var problem) is not { } token)
            return Unauthorized("invalid_token", $"The access token {problem}");
        if (token.Descriptor.ProofKey is not { } thumbprint)
            return Unauthorized("invalid_token", "The access token is not bound to a DPoP key; present it as Bearer");
        if (proof is null)
            return Unauthorized("invalid_dpop_proof", "There is no DPoP header");
        try
        {
            var validProof = _proofs.Validate(proof, method, address, accessToken);
            if (validProof.Thumbprint != thumbprint)
                return Unauthorized("invalid_token", "The access token is bound to another key than the key of the DPoP proof");
            if (!nonces.Accepts(validProof))
                return Unauthorized(TokenEndpointProofs.UseNonce, "Create a new DPoP proof with the nonce of the DPoP-Nonce header");
        }
        catch (RefusedException e)
        {
            return Unauthorized(e.Refusal.Error, e.Refusal.Explanation);
        }
        return BearerTokenValidator.CheckScope(token, requiredScope, "DPoP");
    }

    private static AccessTokenCheck Unauthorized(string error, string explanation) =>
        new(401, $"DPoP error=\"{error}\", error_description=\"{ErrorDescriptionText.Sanitize(explanation)}\"");
}
