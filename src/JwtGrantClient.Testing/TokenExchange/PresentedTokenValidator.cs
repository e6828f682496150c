using JwtGrantClient.Testing.IdentityAssertions;
using JwtGrantClient.Testing.Saml;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Tokens;

namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>
/// Validates the subject token and the actor token of a token exchange: access tokens and ID tokens of this server, and JWTs of a trusted issuer. A JWT
/// follows the rules of a grant assertion, except that it is reusable and its <c>jti</c> is not checked. An invalid token is an
/// invalid_request (RFC 8693 section 2.2.2).
/// </summary>
internal sealed class PresentedTokenValidator(
    TokenIssuer tokens, RefreshTokenStore refreshTokens, AssertionValidator assertions, SamlAssertionValidator samlAssertions)
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
            assertions.Validate(token, CreateUse(role, "jwt") with { AdditionalAudience = client.Id, AllowsOwnIssuer = true }, record).Subject, null),
        _ => throw Refuse("S17", "RFC 8693 section 2.1",
            $"The type of the {role} is '{type}'; this server accepts {string.Join(", ", TokenTypes.Accepted)}."),
    };

    /// <summary>
    /// Validates the subject token of a request for an ID-JAG, which asserts who the user is. Its audience is the client, and only the client
    /// (draft-ietf-oauth-identity-assertion-authz-grant-03 section 4.3.3).
    /// </summary>
    public PresentedToken ValidateIdentity(string token, string type, ClientRegistration client, RecordedRequest? record)
    {
        IdJagRequestRules.CheckSubjectTokenType(type);
        return type switch
        {
            TokenTypes.IdToken => new(assertions.Validate(
                token, CreateUse("subject token", "jwt") with { Audience = client.Id, AllowsTokenEndpointAudience = false, AllowsOwnIssuer = true }, record).Subject, null),
            TokenTypes.Saml2 => new(samlAssertions.ValidateForClient(token, client.Id).Subject, null),
            _ => FindRefreshToken(token, client),
        };
    }

    // A refresh token is not used up: it is the subject token here, not the grant.
    private PresentedToken FindRefreshToken(string token, ClientRegistration client) => refreshTokens.Find(token) is not { } found
            ? throw Refuse("S17", Clause, "The subject token is a refresh token that is unknown.")
        : found.Descriptor.ClientId != client.Id
            ? throw Refuse("S17", Clause, "The subject token is a refresh token that was issued to another client.")
        : found.Descriptor.Family.IsRevoked || found.IsUsed
            ? throw Refuse("S17", Clause, "The subject token is a refresh token that is revoked or was used.")
        : new(found.Descriptor.Subject, found.Descriptor.Scope);

    private static AssertionUse CreateUse(string role, params IReadOnlyList<string> types) =>
        new(role, Refuse, types) { AllowsTokenEndpointAudience = true, IsSingleUse = false, RequiresTrustedIssuer = true };

    private static RefusedException Refuse(string rule, string clause, string explanation) =>
        RefusedException.InvalidRequest(rule, clause, explanation);
}

/// <summary>The subject and the scope of a valid token; the scope is null if the token has none.</summary>
internal sealed record PresentedToken(string Subject, string? Scope);
