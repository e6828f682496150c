using JwtGrantClient.Protocol;

namespace JwtGrantClient.Setup;

/// <summary>A setting that names another client.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Client">The name of the other client; null if the setting is not set.</param>
/// <param name="IsUsed">Whether the settings of the client use it.</param>
internal sealed record ClientReference(string Setting, string? Client, bool IsUsed)
{
    /// <summary>Returns the references of a client that are set and used.</summary>
    public static List<ClientReference> Of(JwtGrantOptions options) => All(options).FindAll(reference => reference is { Client: not null, IsUsed: true });

    /// <summary>Returns all settings of a client that can name another one.</summary>
    public static List<ClientReference> All(JwtGrantOptions options) =>
    [
        new("Assertion:From", options.Assertion.From, options.Grant is GrantType.JwtBearer or GrantType.Saml2Bearer),
        new(
            "ClientAssertion:From", options.ClientAssertion.From,
            options.ClientAuthentication is ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret),
        new("TokenExchange:SubjectTokenFrom", options.TokenExchange.SubjectTokenFrom, options.Grant == GrantType.TokenExchange),
        new("TokenExchange:ActorTokenFrom", options.TokenExchange.ActorTokenFrom, options.Grant == GrantType.TokenExchange),
    ];
}

/// <summary>Finds the problems of clients that use the tokens of others: unknown names and cycles, which a token request could not resolve.</summary>
internal static class ChainChecks
{
    public static IEnumerable<string> Find(string name, JwtGrantOptions options, ClientDependencies dependencies)
    {
        foreach (var problem in CheckSettings(options))
            yield return problem;
        foreach (var reference in ClientReference.Of(options))
            if (CheckReference(name, options, reference, dependencies.Clients) is { } problem)
                yield return problem;
    }

    /// <summary>Returns the clients that a client uses the tokens of, directly or through others.</summary>
    public static IEnumerable<(string Name, ClientDescription Client)> InputsOf(JwtGrantOptions options, ClientDirectory? clients)
    {
        var (found, next) = (new HashSet<string>(StringComparer.Ordinal), new Queue<(JwtGrantOptions Options, ClientDirectory? Clients)>([(options, clients)]));
        while (next.TryDequeue(out var outer))
            foreach (var reference in ClientReference.Of(outer.Options))
                if (found.Add(reference.Client!) && outer.Clients?.Find(reference.Client!) is { } client)
                {
                    yield return (reference.Client!, client);
                    next.Enqueue((client.Options, client.Dependencies.Clients));
                }
    }

    private static IEnumerable<string> CheckSettings(JwtGrantOptions options)
    {
        (string Setting, string? From, string? File)[] sources =
        [
            ("Assertion:From", options.Assertion.From, options.Assertion.TokenFile),
            ("ClientAssertion:From", options.ClientAssertion.From, options.ClientAssertion.TokenFile),
            ("TokenExchange:SubjectTokenFrom", options.TokenExchange.SubjectTokenFrom, options.TokenExchange.SubjectTokenFile),
            ("TokenExchange:ActorTokenFrom", options.TokenExchange.ActorTokenFrom, options.TokenExchange.ActorTokenFile),
        ];
        foreach (var (setting, from, file) in sources)
            if (from is not null && file is not null)
                yield return $"{setting} and {setting.Replace(":From", ":Token", StringComparison.Ordinal).Replace("From", "", StringComparison.Ordinal)}File are both set. Set one of them.";
        if (options.Assertion is { FromRequest: true } and not { From: null, TokenFile: null })
            yield return "Assertion:FromRequest is set together with Assertion:From or Assertion:TokenFile. Set one of them.";
        if (options.TokenExchange is { SubjectTokenFromRequest: true } and not { SubjectTokenFrom: null, SubjectTokenFile: null })
            yield return "TokenExchange:SubjectTokenFromRequest is set together with TokenExchange:SubjectTokenFrom or TokenExchange:SubjectTokenFile. Set one of them.";
        if (options.Assertion.FromRequest && options.Grant is not (GrantType.JwtBearer or GrantType.Saml2Bearer))
            yield return $"Assertion:FromRequest is set, but Grant is {options.Grant}, which has no assertion. Set Grant to JwtBearer or Saml2Bearer, or remove the setting.";
        if (options.Assertion.From is not null && options.Grant is not (GrantType.JwtBearer or GrantType.Saml2Bearer))
            yield return $"Assertion:From is set, but Grant is {options.Grant}, which has no assertion. Set Grant to JwtBearer or Saml2Bearer, or remove the setting.";
        if (options.ClientAssertion.From is not null && !ClientReference.All(options)[1].IsUsed)
            yield return $"ClientAssertion:From is set, but ClientAuthentication is {options.ClientAuthentication}, which sends no client assertion. Set ClientAuthentication to PrivateKeyJwt, or remove the setting.";
        if (!Enum.IsDefined(options.InputReuse))
            yield return $"InputReuse: {(int)options.InputReuse} is not a value. Use one of {string.Join(", ", Enum.GetNames<InputReuse>())}.";
        else if (options.InputReuse != InputReuse.WhileValid && ClientReference.All(options).TrueForAll(reference => reference.Client is null))
            yield return $"InputReuse is {options.InputReuse}, but the client sends no token of another client. Set Assertion:From, ClientAssertion:From or TokenExchange:SubjectTokenFrom, or remove the setting.";
    }

    private static string? CheckReference(string name, JwtGrantOptions options, ClientReference reference, ClientDirectory? clients)
    {
        if (clients is null)
            return $"{reference.Setting} names the client {SettingText.Quote(reference.Client!)}, but no clients are known. Pass them to JwtGrantTokenSource.Create, or add all clients with AddJwtGrantClient.";
        if (clients.Find(reference.Client!) is null)
            return $"{reference.Setting} names the client {SettingText.Quote(reference.Client!)}, which does not exist. Known: {Known(name, clients)}. Add it with AddJwtGrantClient, or correct the name.";
        if (FindCycle([name, reference.Client!], clients) is { } cycle)
            return $"{reference.Setting}: the clients need the tokens of each other: {string.Join(" -> ", cycle.ConvertAll(SettingText.Quote))}. Remove one of these references.";
        if (reference.Setting == "Assertion:From" && options is { Grant: GrantType.JwtBearer } and ({ Issuer: null } or { ClientId: null })
            && clients.Find(reference.Client!)!.Options is { Grant: GrantType.TokenExchange, TokenExchange.RequestedTokenType: TokenTypes.IdJag })
            return $"Assertion:From names the client {SettingText.Quote(reference.Client!)}, which requests ID-JAGs, but {(options.Issuer is null ? "Issuer" : "ClientId")} is not set. Set it: an ID-JAG is sent only if it is for this issuer and this client.";
        return null;
    }

    // The path from the client to itself; null if there is none. A cycle of other clients only is a problem of those.
    private static List<string>? FindCycle(List<string> path, ClientDirectory clients)
    {
        if (path[^1] == path[0])
            return path;
        if (path.IndexOf(path[^1]) < path.Count - 1 || clients.Find(path[^1]) is not { } client)
            return null;
        foreach (var reference in ClientReference.Of(client.Options))
            if (client.Dependencies.Clients is { } others && FindCycle([.. path, reference.Client!], others) is { } cycle)
                return cycle;
        return null;
    }

    private static string Known(string name, ClientDirectory clients) =>
        new List<string>(clients.Names).FindAll(known => known != name) is { Count: > 0 } others ? string.Join(", ", others.ConvertAll(SettingText.Quote)) : "none";
}
