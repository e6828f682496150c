using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Endpoints;

/// <summary>
/// Refuses the parameters of a token or revocation request in the query, where logs and proxies would record them. Other parameters of the query belong to
/// the URL of the endpoint (RFC 6749 section 3.2).
/// </summary>
internal static class QueryRules
{
    // Each parameter with the clause that puts it into the body of the request.
    private static readonly Dictionary<string, string> Clauses = new(StringComparer.Ordinal)
    {
        ["client_id"] = "RFC 6749 section 2.3.1",
        ["client_secret"] = "RFC 6749 section 2.3.1",
        ["client_assertion"] = "RFC 7521 section 4.2",
        ["client_assertion_type"] = "RFC 7521 section 4.2",
        ["grant_type"] = "RFC 6749 section 3.2",
        ["assertion"] = "RFC 7521 section 4.1",
        ["code"] = "RFC 6749 section 4.1.3",
        ["code_verifier"] = "RFC 7636 section 4.5",
        ["refresh_token"] = "RFC 6749 section 6",
        ["username"] = "RFC 6749 section 4.3.2",
        ["password"] = "RFC 6749 section 4.3.2",
        ["subject_token"] = "RFC 8693 section 2.1",
        ["actor_token"] = "RFC 8693 section 2.1",
        ["token"] = "RFC 7009 section 2.1",
    };

    /// <exception cref="RefusedException">The query has such a parameter. Its value is not quoted.</exception>
    public static void Check(string query)
    {
        if (query.Length < 2)
            return;
        foreach (var pair in query[1..].Split('&'))
        {
            var encoded = pair.Split('=', 2)[0];
            var name = FormReader.Decode(encoded, out _) ?? encoded;
            if (Clauses.TryGetValue(name, out var clause))
                throw RefusedException.InvalidRequest(
                    "S01", clause, $"The query of the URL has the parameter '{name}'. Send it in the form, because URLs are logged.");
        }
    }
}
