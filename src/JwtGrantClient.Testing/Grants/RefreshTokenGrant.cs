using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// Validates the refresh_token grant (RFC 6749 section 6). With rotation a refresh token is single-use, and its reuse revokes all tokens of
/// the authorization (RFC 9700 section 4.14.2).
/// </summary>
internal sealed class RefreshTokenGrant(RefreshTokenStore tokens, bool rotates)
{
    public const string Type = "refresh_token";

    private const string Clause = "RFC 6749 section 6", ReuseClause = "RFC 9700 section 4.14.2";

    public GrantResult Validate(GrantRequest request)
    {
        var client = request.RequireClient(Type, Clause);
        var token = tokens.Find(request.Form.GetRequired("refresh_token"))
            ?? throw RefusedException.InvalidGrant("S17", Clause, "The refresh token is unknown.");
        var descriptor = token.Descriptor;
        if (descriptor.ClientId != client.Id)
            throw RefusedException.InvalidGrant("S17", Clause, "The refresh token was issued to another client.");
        if (descriptor.Family.IsRevoked)
            throw RefusedException.InvalidGrant("S17", Clause, "The refresh token is revoked.");
        if (token.IsUsed)
            throw RevokeReused(descriptor);
        var scope = GrantPolicy.NarrowScope(request.Form["scope"], descriptor.Scope, Clause);
        if (descriptor.ProofKey is not null && descriptor.ProofKey != request.Proof?.Thumbprint)
            throw RefusedException.InvalidGrant(
                "S21", "RFC 9449 section 5", "The refresh token is bound to another DPoP key than the key of the proof.");
        return new(client, client.Id, descriptor.Subject, scope)
        {
            Family = descriptor.Family, RefreshToken = rotates ? descriptor : null, UseUp = rotates ? () => UseUp(token) : null,
        };
    }

    private void UseUp(RefreshToken token)
    {
        if (!tokens.TryUse(token))
            throw RevokeReused(token.Descriptor);
    }

    private static RefusedException RevokeReused(RefreshTokenDescriptor descriptor)
    {
        descriptor.Family.Revoke();
        return RefusedException.InvalidGrant("S17", ReuseClause,
            "The refresh token was used before; it and all tokens of its authorization are revoked. Use the refresh token of the last response.");
    }
}
