using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.IdentityAssertions;
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
        if (requestedType == TokenTypes.TransactionToken && form["scope"] is null)
            throw RefusedException.InvalidRequest("S17", "draft-ietf-oauth-transaction-tokens-10", "The request for a transaction token has no scope, which is required.");
        if (requestedType == TokenTypes.IdJag)
            return ValidateIdJag(request, client, subjectToken, subjectType);
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

    // The ID-JAG has the client's id at the other server. An actor token has no meaning in it yet, so it is refused rather than ignored.
    private GrantResult ValidateIdJag(GrantRequest request, ClientRegistration client, string subjectToken, string subjectType)
    {
        if (request.Form["actor_token"] is not null)
            throw RefusedException.InvalidRequest("S24", IdJag.RequestClause, "The form has an actor_token; this server issues no ID-JAG for an actor.");
        var (audience, clientId) = IdJagRequestRules.FindReceiver(request.Form, client);
        var subject = tokens.ValidateIdentity(subjectToken, subjectType, client, request.Record);
        var scope = subject.Scope is null ? request.Form["scope"] : GrantPolicy.NarrowScope(request.Form["scope"], subject.Scope, Clause);
        return new(client, clientId, subject.Subject, scope)
        {
            IssuedTokenType = TokenTypes.IdJag, Targets = [audience], Resources = request.Form.Resources,
        };
    }
}
