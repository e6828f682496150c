using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Everything that is wrong with a client's settings, at once: each problem names the setting, what was seen and the remedy. The key is
/// read here too, so that a missing file shows at start-up and not at the first token.
/// </summary>
internal static class OptionsChecks
{
    /// <summary>The problem of options that nobody has set.</summary>
    public const string NoServer =
        "Issuer and TokenEndpoint are both missing. Set Issuer to the authorization server's issuer identifier, or TokenEndpoint to its " +
        "address.";

    private static readonly TimeSpan ShortestDefaultLifetime = TimeSpan.FromSeconds(1), LongestDefaultLifetime = TimeSpan.FromDays(1);

    /// <param name="options">The settings.</param>
    /// <param name="given">What is given by code.</param>
    public static IEnumerable<string> Find(JwtGrantOptions options, ClientDependencies given)
    {
        var signed = new Signed(
            Grant: options.Grant == GrantType.JwtBearer && !given.GrantAssertion.IsGiven && options.Assertion.TokenFile is null,
            Client: options.ClientAuthentication is ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret
                && !given.ClientAssertion.IsGiven && options.ClientAssertion.TokenFile is null);
        return
        [
            .. options.SectionProblems,
            // What could not be bound stands at its default, which is not the user's word: there is nothing to judge yet.
            .. options.IsBound
                ? [
                    .. CheckTexts(options), .. CheckServer(options), .. CheckClient(options, signed), .. CredentialChecks.Find(options, given),
                    .. CheckKeys(options, given.Signer.IsGiven, signed), .. CheckAssertions(options, signed), .. CheckRequest(options), .. CheckTokens(options),
                    .. RangeChecks.Find(options),
                ]
                : Array.Empty<string>(),
        ];
    }

    /// <summary>Which assertions the library signs itself, so that their claims and a key are needed.</summary>
    private readonly record struct Signed(bool Grant, bool Client);

    // An environment variable that is set to nothing would else be sent as an empty claim.
    private static IEnumerable<string> CheckTexts(JwtGrantOptions options) =>
        from text in new (string Name, string? Value)[]
        {
            ("ClientId", options.ClientId),
            ("SigningKey:KeyId", options.SigningKey.KeyId),
            ("Assertion:Issuer", options.Assertion.Issuer),
            ("Assertion:Subject", options.Assertion.Subject),
            ("Assertion:Audience", options.Assertion.Audience),
            ("Assertion:TokenFile", options.Assertion.TokenFile),
            ("ClientAssertion:Issuer", options.ClientAssertion.Issuer),
            ("ClientAssertion:Audience", options.ClientAssertion.Audience),
            ("ClientAssertion:TokenFile", options.ClientAssertion.TokenFile),
            ("ClientAssertion:AssertionType", options.ClientAssertion.AssertionType),
            ("ClientAssertion:Type", options.ClientAssertion.Type),
            ("RevocationEndpoint", options.RevocationEndpoint),
            ("ClientSecret", options.ClientSecret),
            ("TokenExchange:SubjectTokenFile", options.TokenExchange.SubjectTokenFile),
            ("TokenExchange:SubjectTokenType", options.TokenExchange.SubjectTokenType),
            ("TokenExchange:ActorTokenFile", options.TokenExchange.ActorTokenFile),
            ("TokenExchange:ActorTokenType", options.TokenExchange.ActorTokenType),
            ("TokenExchange:RequestedTokenType", options.TokenExchange.RequestedTokenType),
            ("ClientAssertion:SigningKey:KeyId", options.ClientAssertion.SigningKey?.KeyId),
        }
        where text.Value is ""
        select $"{text.Name} is empty. Give it a value, or leave it out.";

    private static IEnumerable<string> CheckServer(JwtGrantOptions options)
    {
        if (options is { Issuer: null, TokenEndpoint: null })
            yield return NoServer;
        if (options.Issuer is { } issuer)
        {
            if (EndpointUrl.Problem(issuer, options.AllowLoopbackHttp) is { } problem)
                yield return $"Issuer: {problem}.";
            else if (issuer.Contains('?', StringComparison.Ordinal))
                yield return $"Issuer: '{issuer}' has a query; an issuer identifier has none (RFC 8414 section 2). Take off the part " +
                    "from ? on.";
        }
        if (options.TokenEndpoint is { } endpoint && EndpointUrl.Problem(endpoint, options.AllowLoopbackHttp) is { } wrong)
            yield return $"TokenEndpoint: {wrong}.";
        if (options.RevocationEndpoint is { } revocation && EndpointUrl.Problem(revocation, options.AllowLoopbackHttp) is { } unfit)
            yield return $"RevocationEndpoint: {unfit}.";
    }

    private static IEnumerable<string> CheckClient(JwtGrantOptions options, Signed signed)
    {
        if (!Enum.IsDefined(options.Grant))
            yield return $"Grant: {(int)options.Grant} is not a grant. Choose one of {string.Join(", ", Enum.GetNames<GrantType>())}.";
        if (!Enum.IsDefined(options.ClientAuthentication))
            yield return $"ClientAuthentication: {(int)options.ClientAuthentication} is not a method. Choose one of " +
                $"{string.Join(", ", Enum.GetNames<ClientAuthenticationMethod>())}.";
        if (options is { Grant: GrantType.ClientCredentials, ClientAuthentication: ClientAuthenticationMethod.None })
            yield return "ClientAuthentication: None, but the grant client_credentials is the client's own authentication (RFC 6749 " +
                "section 4.4). Set it to PrivateKeyJwt.";
        if (options.ClientId is null && (signed.Client || CredentialChecks.NeedsClientId(options.ClientAuthentication)))
            yield return $"ClientId is missing; {options.ClientAuthentication} " +
                (signed.Client ? "needs it as issuer and subject of its assertion (RFC 7523 section 3)" : "says by it who the client is") +
                ". Set it to the id that the server knows.";
        else if (options is { ClientId: null, Assertion.Issuer: null } && signed.Grant)
            yield return "ClientId is missing; it is the issuer of the grant assertion. Set it, or Assertion:Issuer.";
    }

    private static IEnumerable<string> CheckKeys(JwtGrantOptions options, bool hasSigner, Signed signed)
    {
        var needsMainKey = signed.Grant || (signed.Client && options.ClientAssertion.SigningKey is not { IsSet: true });
        if (!hasSigner && (needsMainKey || options.SigningKey.IsSet) && CredentialChecks.Failure(options.SigningKey.Check) is { } main)
            yield return $"SigningKey: {main}";
        if (signed.Client && options.ClientAssertion.SigningKey is { IsSet: true } own && CredentialChecks.Failure(own.Check) is { } problem)
            yield return $"ClientAssertion:SigningKey: {problem}";
    }

    private static IEnumerable<string> CheckAssertions(JwtGrantOptions options, Signed signed)
    {
        var (grant, client) = (options.Assertion, options.ClientAssertion);
        if (grant.Lifetime is { } lifetime && AssertionLifetime.Problem(lifetime, grant.AllowLongLifetime) is { } tooLong)
            yield return $"Assertion:Lifetime {tooLong}.";
        var isSecret = options.ClientAuthentication == ClientAuthenticationMethod.JwtAsClientSecret;
        if (client.Lifetime is { } clientLifetime
            && (isSecret ? AssertionLifetime.SecretProblem(clientLifetime) : AssertionLifetime.Problem(clientLifetime, client.AllowLongLifetime)) is { } wrong)
            yield return $"ClientAssertion:Lifetime {wrong}.";
        if (client is { AssertionType: not null, TokenFile: null })
            yield return "ClientAssertion:AssertionType is set without TokenFile, but it says what the token in that file is. Set " +
                "TokenFile, or leave it out.";
        if (client.AssertionType is { } type && PrivateKeyJwt.ProblemOf(type) is { } saml)
            yield return $"ClientAssertion:AssertionType: {saml}";
        foreach (var (name, value) in grant.Claims)
            if (ClaimSyntax.Problem(name, value) is { } problem)
                yield return $"Assertion:Claims: {problem}.";
        if (options is { Issuer: null, ClientAssertion.Audience: null } && signed.Client)
            yield return "ClientAssertion:Audience is missing, and there is no Issuer to take in its place. Set Issuer, which is the " +
                "audience by RFC 10070; " +
                "or Audience, for a server that wants another literal.";
    }

    private static IEnumerable<string> CheckRequest(JwtGrantOptions options)
    {
        if (options.Scope is { } scope && ScopeSyntax.Problem(scope) is { } bad)
            yield return $"Scope: '{scope}' {bad}.";
        foreach (var resource in options.Resource)
            if (ResourceSyntax.Problem(resource) is { } problem)
                yield return $"Resource: {problem}.";
        foreach (var name in options.Parameters.Keys)
            if (ProtocolParameters.Problem(name) is { } problem)
                yield return $"Parameters: {problem}.";
    }

    private static IEnumerable<string> CheckTokens(JwtGrantOptions options)
    {
        if (options.DefaultTokenLifetime is { } lifetime && (lifetime < ShortestDefaultLifetime || lifetime > LongestDefaultLifetime))
            yield return $"DefaultTokenLifetime is {lifetime}; expected {ShortestDefaultLifetime} to {LongestDefaultLifetime}.";
        if (options.DefaultTokenType is not (null or "Bearer"))
            yield return $"DefaultTokenType is '{options.DefaultTokenType}'; expected Bearer, or nothing, which makes a response " +
                "without token_type an error.";
    }
}
