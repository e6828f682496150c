using JwtGrantClient.Testing.Grants;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.TokenExchange;

/// <summary>RFC 8693 section 2 (open first): a client exchanges the token of a subject, and may name who acts for it.</summary>
internal sealed class TokenExchangeGrant(PresentedTokenValidator presented)
{
    public const string Type = "urn:ietf:params:oauth:grant-type:token-exchange";

    private const string Clause = "RFC 8693 section 2.1";

    public GrantResult Judge(GrantRequest request)
    {
        var form = request.Form;
        var client = request.AuthenticatedClient
            ?? throw RefusedException.Client("S17", Clause, "Token exchange needs client authentication here, and there is none.");
        var (subjectToken, subjectType) = (form.Required("subject_token"), form.Required("subject_token_type"));
        var (actorToken, actorType) = (form["actor_token"], form["actor_token_type"]);
        if (actorToken is null != actorType is null)
            throw RefusedException.Request("S17", Clause, "actor_token and actor_token_type go together; one of them is missing.");
        var asked = form["requested_token_type"] ?? TokenTypes.AccessToken;
        if (!TokenTypes.Issuable.Contains(asked))
            throw RefusedException.Request("S17", Clause,
                $"The requested_token_type is '{asked}'; this server issues {string.Join(", ", TokenTypes.Issuable)}.");
        var subject = presented.Judge(subjectToken, subjectType, "subject token", client);
        var actor = actorToken is null ? null : presented.Judge(actorToken, actorType!, "actor token", client);
        // What a token of this server allows bounds what is given for it; for another issuer's subject the client's registration says it.
        var scope = subjectType == TokenTypes.AccessToken
            ? GrantPolicy.Narrow(form["scope"], subject.Scope, Clause) : form["scope"];
        return new(client, client.Id, subject.Subject, scope)
        {
            Actor = actor?.Subject, IssuedTokenType = asked,
            Renewal = asked == TokenTypes.RefreshToken ? new(client.Id, subject.Subject, scope, new()) : null,
        };
    }
}
