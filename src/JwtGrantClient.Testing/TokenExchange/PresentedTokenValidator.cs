using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>
/// Judges the tokens of a subject and an actor: access tokens of this server, and JWTs of a trusted issuer by the rules of grants, save
/// that they may come again: their <c>jti</c> may be missing and is not used up. A bad one is an invalid request (RFC 8693 section 2.2.2).
/// </summary>
internal sealed class PresentedTokenValidator(TokenIssuer tokens, AssertionValidator judge)
{
    private const string Clause = "RFC 8693 section 2.2.2";

    public PresentedToken Judge(string token, string type, string role, ClientRegistration client) => type switch
    {
        TokenTypes.AccessToken => tokens.Find(token) is { } issued
            ? new(issued.Order.Subject, issued.Order.Scope)
            : throw Refuse("S17", Clause, $"The {role} is unknown here, expired or revoked."),
        TokenTypes.Jwt => new(judge.Judge(token, Foreign(role, "jwt", "at+jwt")).Subject, null),
        // An ID token is for the client that the user logged in to (OpenID Connect Core section 2).
        TokenTypes.IdToken => new(judge.Judge(token, Foreign(role, "jwt") with { OtherAudience = client.Id }).Subject, null),
        _ => throw Refuse("S17", "RFC 8693 section 2.1",
            $"The type of the {role} is '{type}'; this server takes {string.Join(", ", TokenTypes.Presentable)}."),
    };

    private static AssertionUse Foreign(string role, params IReadOnlyList<string> types) =>
        new(role, Refuse, types) { MayNameTokenEndpoint = true, IsSingleUse = false, IsOfTrustedIssuer = true };

    private static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.Request(rule, clause, explanation);
}

/// <summary>Of whom a good token speaks, and what it allows.</summary>
internal sealed record PresentedToken(string Subject, string? Scope);
