using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>
/// Validates the token-exchange grant (RFC 8693 section 2): a client exchanges the token of a subject, and optionally names an actor.
/// </summary>
internal sealed class TokenExchangeGrant(PresentedTokenValidator tokens)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:token-exchange";

    private const string Clause = "RFC 8693 section 2.1";

    public GrantResult Validate(GrantRequest request)
    {
        var form = request.Form;
        var client = request.AuthenticatedClient
            ?? throw RefusedException.InvalidClient(
                "S17", Clause, "This server requires client authentication for a token exchange, and the request has none.");
        var (subjectToken, subjectType) = (form.GetRequired("subject_token"), form.GetRequired("subject_token_type"));
        var (actorToken, actorType) = (form["actor_token"], form["actor_token_type"]);
        if (actorToken is null != actorType is null)
            throw RefusedException.InvalidRequest(
                "S17", Clause, $"The form has {(actorToken is null ? "actor_token_type but no actor_token" : "actor_token but no actor_token_type")}. Send both.");
        var requestedType = form["requested_token_type"] ?? TokenTypes.AccessToken;
        if (!TokenTypes.Issuable.Contains(requestedType))
            throw RefusedException.InvalidRequest("S17", Clause,
                $"The requested_token_type is '{requestedType}'; this server issues {string.Join(", ", TokenTypes.Issuable)}.");
        var subject = tokens.Validate(subjectToken, subjectType, "subject token", client, request.Record);
        var actor = actorToken is null ? null : tokens.Validate(actorToken, actorType!, "actor token", client, request.Record);
        // The scope of an access token of this server limits the new scope. For another issuer's token only the registration limits it.
        var scope = subjectType == TokenTypes.AccessToken
            ? GrantPolicy.NarrowScope(form["scope"], subject.Scope, Clause) : form["scope"];
        return new(client, client.Id, subject.Subject, scope)
        {
            Actor = actor?.Subject, IssuedTokenType = requestedType,
            RefreshToken = requestedType == TokenTypes.RefreshToken ? new(client.Id, subject.Subject, scope, new()) : null,
        };
    }
}
