using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Hands out what a good grant entitles to.</summary>
internal sealed class TokenResponseFactory(ServerSettings terms, TokenIssuer tokens, RefreshTokens refreshTokens)
{
    public SuccessfulTokenResponse Serve(GrantResult entitlement, TokenForm form, DPoPProof? proof, string? certificate)
    {
        IReadOnlyList<string> targets = [.. form.Resources, .. form.Audiences];
        var order = new AccessTokenDescriptor(
            entitlement.ClientId, entitlement.Subject, entitlement.Scope, targets.Count > 0 ? targets : [terms.Issuer], entitlement.Family)
        {
            Actor = entitlement.Actor, ProofKey = proof?.Thumbprint, CertificateThumbprint = certificate,
        };
        // Asked for by name, so the option does not matter (RFC 8693 section 2.1).
        if (entitlement.IssuedTokenType == TokenTypes.RefreshToken)
            return new(refreshTokens.Issue(entitlement.Renewal!), null, order.Scope) { IssuedTokenType = TokenTypes.RefreshToken };
        var token = entitlement.IssuedTokenType is null or TokenTypes.AccessToken ? tokens.Issue(order) : tokens.IssuePlain(order);
        return new(token.Value, token.ExpiresIn, order.Scope)
        {
            TokenType = order.ProofKey is null ? "Bearer" : "DPoP",
            RefreshToken = IsRenewable(entitlement) ? refreshTokens.Issue(entitlement.Renewal!) : null,
            IssuedTokenType = entitlement.IssuedTokenType,
        };
    }

    private bool IsRenewable(GrantResult entitlement) => entitlement.Renewal is not null && terms.Options.IssueRefreshTokens
        && entitlement.Client?.AllowedGrantTypes?.Contains(RefreshTokenGrant.Type) != false;
}
