using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>Issues the tokens of a valid grant and creates the token response.</summary>
internal sealed class TokenResponseFactory(ServerSettings settings, TokenIssuer tokens, RefreshTokenStore refreshTokens)
{
    private readonly string[] _issuerAudience = [settings.Issuer];

    public SuccessfulTokenResponse Create(GrantResult grant, TokenForm form, DPoPProof? proof, string? certificate)
    {
        var targets = grant.Targets ?? (form is { Resources: [], Audiences: [] } ? _issuerAudience : [.. form.Resources, .. form.Audiences]);
        // An ID-JAG is presented to another server, on another connection.
        var bound = grant.IssuedTokenType == TokenTypes.IdJag ? null : certificate;
        var descriptor = new AccessTokenDescriptor(
            grant.ClientId, grant.Subject, grant.Scope, targets, grant.Family)
        {
            Actor = grant.Actor, ProofKey = proof?.Thumbprint, CertificateThumbprint = bound, Resources = grant.Resources,
        };
        // IssueRefreshTokens does not apply here: the client requested a refresh token by its type (RFC 8693 section 2.1).
        if (grant.IssuedTokenType == TokenTypes.RefreshToken)
            return new(refreshTokens.Issue(grant.RefreshToken!), null, descriptor.Scope) { IssuedTokenType = TokenTypes.RefreshToken };
        var (value, expiresIn) = grant.IssuedTokenType is null or TokenTypes.AccessToken ? tokens.Issue(descriptor) : tokens.IssueJwt(descriptor, grant.IssuedTokenType);
        return new(value, expiresIn, descriptor.Scope)
        {
            TokenType = descriptor.ProofKey is null ? "Bearer" : "DPoP",
            RefreshToken = IncludesRefreshToken(grant) ? refreshTokens.Issue(grant.RefreshToken!) : null,
            IssuedTokenType = grant.IssuedTokenType,
        };
    }

    private bool IncludesRefreshToken(GrantResult grant) => grant.RefreshToken is not null && settings.Options.IssueRefreshTokens
        && grant.Client?.AllowedGrantTypes?.Contains(RefreshTokenGrant.Type) != false;
}
