using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.Grants;

/// <summary>
/// RFC 6749 section 6 with rotation: a refresh token is for one client and one use; its reuse revokes all that came of the authorization.
/// </summary>
internal sealed class RefreshTokenGrant(RefreshTokens tokens, bool rotates)
{
    public const string Type = "refresh_token";

    private const string Clause = "RFC 6749 section 6", ReuseClause = "RFC 9700 section 4.14.2";

    public GrantResult Judge(GrantRequest request)
    {
        var client = request.DemandClient(Type, Clause);
        var token = tokens.Find(request.Form.Required("refresh_token"))
            ?? throw RefusedException.Grant("S17", Clause, "The refresh token is unknown here.");
        var terms = token.Terms;
        if (terms.ClientId != client.Id)
            throw RefusedException.Grant("S17", Clause, "The refresh token was issued to another client.");
        if (terms.Family.IsRevoked)
            throw RefusedException.Grant("S17", Clause, "The refresh token is revoked.");
        if (token.IsUsed)
            throw Reused(terms);
        var scope = GrantPolicy.Narrow(request.Form["scope"], terms.Scope, Clause);
        if (terms.ProofKey is not null && terms.ProofKey != request.Proof?.Thumbprint)
            throw RefusedException.Grant(
                "S21", "RFC 9449 section 5", "The refresh token is bound to another DPoP key than the one of the proof.");
        request.BeforeUse();
        // The last step, so that a request that is refused for its form leaves the token good; and atomic, so that of two one passes.
        if (rotates && !token.TryUse())
            throw Reused(terms);
        return new(client, client.Id, terms.Subject, scope) { Family = terms.Family, Renewal = terms };
    }

    private static RefusedException Reused(RefreshTokenEntry terms)
    {
        terms.Family.Revoke();
        return RefusedException.Grant("S17", ReuseClause,
            "The refresh token was used before; it and all that came of its authorization are revoked. Use the one of the last answer.");
    }
}
