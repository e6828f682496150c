using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.TokenExchange;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.IdentityAssertions;

/// <summary>Checks a token exchange that requests an ID-JAG: the identity provider's part.</summary>
internal static class IdJagRequestRules
{
    /// <summary>Returns the issuer that the ID-JAG is for, and the id of the client there.</summary>
    /// <exception cref="RefusedException">The form does not name one authorization server that the client may request an ID-JAG for.</exception>
    public static (string Audience, string ClientId) FindReceiver(TokenForm form, ClientRegistration client)
    {
        if (form.Audiences is not [var audience])
            throw RefusedException.InvalidRequest("S24", IdJag.RequestClause,
                $"The form has {form.Audiences.Count} audience fields; an ID-JAG is for one authorization server. Send its issuer as audience.");
        if (client.IdJagAudiences?.TryGetValue(audience, out var id) == true)
            return (audience, id);
        var known = client.IdJagAudiences is { Count: > 0 } audiences ? $"'{string.Join("', '", audiences.Keys)}'" : "none";
        throw RefusedException.Create("invalid_target", "S24", IdJag.RequestClause,
            $"The audience is '{audience}'; '{client.Id}' may request an ID-JAG for {known}. Add it to IdJagAudiences of the client.");
    }

    /// <exception cref="RefusedException">The subject token does not assert who the user is.</exception>
    public static void CheckSubjectTokenType(string type)
    {
        if (!TokenTypes.IdentityAssertions.Contains(type))
            throw RefusedException.InvalidRequest("S24", IdJag.RequestClause,
                $"The subject_token_type is '{type}'; for an ID-JAG this server accepts {string.Join(", ", TokenTypes.IdentityAssertions)}.");
    }
}
