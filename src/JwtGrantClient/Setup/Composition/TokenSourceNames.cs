namespace JwtGrantClient.Setup;

/// <summary>Names where the tokens come from that another party signs, for errors: the library decides neither their header nor their claims.</summary>
internal static class TokenSourceNames
{
    private const string Exchange = "TokenExchange";

    /// <summary>Returns the fields of token requests that have such a token, each with the setting or the method that provides it.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Find(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var exchange = options.TokenExchange;
        (string Field, string? Source)[] sources =
        [
            ("client_assertion", dependencies.ClientAssertion.IsSet ? "UseClientAssertion" : Name("ClientAssertion", "Token", options.ClientAssertion.TokenFile, options.ClientAssertion.From)),
            ("assertion", dependencies.GrantAssertion.IsSet ? "UseGrantAssertion"
                : options.Assertion.FromRequest ? "the token request" : Name("Assertion", "Token", options.Assertion.TokenFile, options.Assertion.From)),
            ("subject_token", dependencies.SubjectToken.IsSet ? "UseSubjectToken"
                : exchange.SubjectTokenFromRequest ? "the token request" : Name(Exchange, "SubjectToken", exchange.SubjectTokenFile, exchange.SubjectTokenFrom)),
            ("actor_token", dependencies.ActorToken.IsSet ? "UseActorToken" : Name(Exchange, "ActorToken", exchange.ActorTokenFile, exchange.ActorTokenFrom)),
        ];
        List<KeyValuePair<string, string>> found = [];
        foreach (var (field, source) in sources)
            if (source is not null)
                found.Add(new(field, source));
        return found;
    }

    private static string? Name(string section, string name, string? file, string? client) =>
        file is not null ? $"{section}:{name}File" : client is not null ? $"{section}:{(section == Exchange ? name : "")}From" : null;
}
