using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Finds the tokens of requests that another party signs, for errors.</summary>
internal static class ForeignTokenComposition
{
    /// <summary>Returns the tokens, each with the setting or the method that provides it.</summary>
    public static IReadOnlyList<ForeignToken> Create(JwtGrantOptions options, ClientDependencies dependencies)
    {
        var (client, grant, exchange) = (options.ClientAssertion, options.Assertion, options.TokenExchange);
        List<ForeignToken?> tokens =
        [
            TryFind("client_assertion", dependencies.ClientAssertion.IsSet ? "UseClientAssertion" : null, "ClientAssertion:", dependencies.OpenTokenFile(client.TokenFile, client.AssertionType ?? AssertionTypes.Jwt), client.From, "Token"),
            TryFind("assertion", dependencies.GrantAssertion.IsSet ? "UseGrantAssertion" : grant.FromRequest ? "the token request" : null, "Assertion:", dependencies.OpenTokenFile(grant.TokenFile, AssertionTypes.Jwt), grant.From, "Token"),
            TryFind("subject_token", dependencies.SubjectToken.IsSet ? "UseSubjectToken" : exchange.SubjectTokenFromRequest ? "the token request" : exchange.SubjectTokenUrl is not null ? "CredentialFile" : null, "TokenExchange:", dependencies.OpenTokenFile(exchange.SubjectTokenFile, exchange.SubjectTokenType ?? TokenTypes.Jwt, exchange.SubjectTokenMember), exchange.SubjectTokenFrom, "SubjectToken"),
            TryFind("actor_token", dependencies.ActorToken.IsSet ? "UseActorToken" : null, "TokenExchange:", dependencies.OpenTokenFile(exchange.ActorTokenFile, exchange.ActorTokenType ?? TokenTypes.Jwt), exchange.ActorTokenFrom, "ActorToken"),
        ];
        return tokens.FindAll(token => token is not null)!;
    }

    // Code has priority over the settings, as in the composition of the grants.
    private static ForeignToken? TryFind(string field, string? source, string section, TokenFile? file, string? client, string name) =>
        source is not null ? new(field, source, CountUses: null)
        : file is not null ? new(field, $"{section}{name}File", file.CountUses)
        : client is not null ? new(field, name == "Token" ? $"{section}From" : $"{section}{name}From", CountUses: null)
        : null;
}
