using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>
/// Validates the subject token and the actor token of a token exchange: access tokens of this server, and JWTs of a trusted issuer. A JWT
/// follows the rules of a grant assertion, except that it is reusable and its <c>jti</c> is not checked. An invalid token is an
/// invalid_request (RFC 8693 section 2.2.2).
/// </summary>
internal sealed class PresentedTokenValidator(TokenIssuer tokens, AssertionValidator assertions)
{
    private const string Clause = "RFC 8693 section 2.2.2";

    public PresentedToken Validate(string token, string type, string role, ClientRegistration client, RecordedRequest? record) => type switch
    {
        TokenTypes.AccessToken => tokens.Find(token, out var problem) is { } issued
            ? new(issued.Descriptor.Subject, issued.Descriptor.Scope)
            : throw Refuse("S17", Clause, $"The {role} {problem}."),
        TokenTypes.Jwt => new(assertions.Validate(token, CreateUse(role, "jwt", "at+jwt"), record).Subject, null),
        // The audience of an ID token is the client that the user logged in to (OpenID Connect Core section 2).
        TokenTypes.IdToken => new(
            assertions.Validate(token, CreateUse(role, "jwt") with { AdditionalAudience = client.Id }, record).Subject, null),
        _ => throw Refuse("S17", "RFC 8693 section 2.1",
            $"The type of the {role} is '{type}'; this server accepts {string.Join(", ", TokenTypes.Accepted)}."),
    };

    private static AssertionUse CreateUse(string role, params IReadOnlyList<string> types) =>
        new(role, Refuse, types) { AllowsTokenEndpointAudience = true, IsSingleUse = false, RequiresTrustedIssuer = true };

    private static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.InvalidRequest(rule, clause, explanation);
}

/// <summary>The subject and the scope of a valid token; the scope is null if the token has none.</summary>
internal sealed record PresentedToken(string Subject, string? Scope);
