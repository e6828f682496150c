using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.Fapi;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.DPoP;

/// <summary>
/// DPoP at a resource server (RFC 9449 sections 7 and 9): the token by the scheme DPoP, with a proof by the key that it is bound to.
/// </summary>
internal sealed class ResourceProofs(ServerSettings terms, TokenIssuer tokens, NonceStore nonces)
{
    private const string Scheme = "DPoP ";

    private readonly DPoPProofValidator _judge = new(terms);

    public AccessTokenCheck Check(string method, string address, string? authorization, string? proof, string? requiredScope)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
            return authorization is null
                ? new(401, $"DPoP algs=\"{string.Join(' ', FapiRules.Algorithms(terms.Options).Select(algorithm => algorithm.Name))}\"")
                : BearerCheck.Check(tokens, authorization, requiredScope);
        var check = Judge(method, address, authorization[Scheme.Length..].Trim(), proof, requiredScope);
        return nonces.IsRequired || check.WwwAuthenticate?.Contains(TokenEndpointProofs.UseNonce, StringComparison.Ordinal) == true
            ? check with { DPoPNonce = nonces.Current }
            : check;
    }

    private AccessTokenCheck Judge(string method, string address, string accessToken, string? proof, string? requiredScope)
    {
        if (tokens.Find(accessToken) is not { } token)
            return Refused("invalid_token", "The access token is unknown, expired or revoked");
        if (token.Order.ProofKey is not { } thumbprint)
            return Refused("invalid_token", "The access token is not bound to a DPoP key; present it as Bearer");
        if (proof is null)
            return Refused("invalid_dpop_proof", "There is no DPoP header");
        try
        {
            var judged = _judge.Judge(proof, method, address, accessToken);
            if (judged.Thumbprint != thumbprint)
                return Refused("invalid_token", "The access token is bound to another key than the one of the DPoP proof");
            if (!nonces.Accepts(judged))
                return Refused(TokenEndpointProofs.UseNonce, "Make a new DPoP proof with the nonce of the DPoP-Nonce header");
        }
        catch (RefusedException refused)
        {
            return Refused(refused.Refusal.Error, refused.Refusal.Explanation);
        }
        return BearerCheck.CheckScope(token, requiredScope, "DPoP");
    }

    private static AccessTokenCheck Refused(string error, string explanation) =>
        new(401, $"DPoP error=\"{error}\", error_description=\"{ErrorDescriptionText.Allowed(explanation)}\"");
}
