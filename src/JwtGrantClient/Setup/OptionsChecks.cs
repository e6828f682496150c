using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Signing;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Finds all problems of a client's options at once. Each problem names the setting, the value that was found and the remedy. The key is
/// read here too, so that a missing file is reported at startup and not at the first token request.
/// </summary>
internal static class OptionsChecks
{
    /// <summary>The problem of options that are not configured at all.</summary>
    public const string NoServer =
        "Issuer and TokenEndpoint are both missing. Set Issuer to the authorization server's issuer identifier, or TokenEndpoint to its address.";

    private static readonly TimeSpan MinDefaultLifetime = TimeSpan.FromSeconds(1), MaxDefaultLifetime = TimeSpan.FromDays(1);

    /// <summary>Returns the problems; empty if the options are valid.</summary>
    /// <param name="options">The options.</param>
    /// <param name="dependencies">The dependencies that are configured in code.</param>
    /// <param name="name">The name of the client.</param>
    public static IEnumerable<string> Find(JwtGrantOptions options, ClientDependencies dependencies, string name = "")
    {
        // Everything else is a consequence, unless code sets the options.
        var hasEndpoint = !EndpointlessChecks.Apply(options, dependencies);
        if (hasEndpoint && options is { MissingSection: { } section, Issuer: null, TokenEndpoint: null })
            return [$"Section '{section}' does not exist or is empty. Correct the name in GetSection, or add the settings. A file of the configuration may be missing, too."];
        var signed = new SignedAssertions(
            Grant: options.Grant is GrantType.JwtBearer or GrantType.SelfSigned && !dependencies.GrantAssertion.IsSet && options.Assertion is { TokenFile: null, From: null, FromRequest: false },
            Client: options.ClientAuthentication is ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret
                && !dependencies.ClientAssertion.IsSet && options.ClientAssertion is { TokenFile: null, From: null });
        // Before the client id is checked, because the file of a key may contain it.
        string[] keys = [.. CheckKeys(options, dependencies.Signer.IsSet, signed)];
        string[] misplaced = [.. MisplacedSecrets.Find(options)];
        // Options that could not be bound have default values, which the user did not choose, so they are not checked. Neither are those with a
        // key in the wrong setting: most of their problems are consequences of it.
        if (!options.IsBound || misplaced.Length > 0)
            return [.. options.SectionProblems, .. misplaced];
        List<string> problems = dependencies.TokenSource.IsSet
            ? [.. EndpointlessChecks.Find(options, dependencies), .. RangeChecks.Find(options), .. dependencies.Sharing?.FindProblems(options, dependencies) ?? []]
            : [
                .. CheckEmptyStrings(options), .. hasEndpoint ? CheckServer(options) : [.. EndpointlessChecks.Find(options, dependencies), .. CheckEndpoints(options)], .. CheckOrigins(options),
                .. CheckClient(options, signed), .. CredentialChecks.Find(options, dependencies),
                .. keys, .. CheckAssertions(options, signed), .. CheckRequest(options), .. CheckTokens(options),
                .. RangeChecks.Find(options), .. ChainChecks.Find(name, options, dependencies), .. dependencies.Sharing?.FindProblems(options, dependencies) ?? [],
            ];
        return [.. options.SectionProblems, .. ProviderChecks.Merge(options, ProviderChecks.Find(options, dependencies), problems)];
    }

    /// <summary>The assertions that the library signs itself. Their claims and a key are required.</summary>
    private readonly record struct SignedAssertions(bool Grant, bool Client);

    // An environment variable that is set to an empty string would otherwise be sent as an empty claim.
    private static IEnumerable<string> CheckEmptyStrings(JwtGrantOptions options)
    {
        (string Name, string? Value)[] settings =
        [
            ("Issuer", options.Issuer),
            ("TokenEndpoint", options.TokenEndpoint),
            ("ClientId", options.ClientId),
            ("SigningKey:KeyId", options.SigningKey.KeyId),
            ("Assertion:Issuer", options.Assertion.Issuer),
            ("Assertion:Subject", options.Assertion.Subject),
            ("Assertion:Audience", options.Assertion.Audience),
            ("Assertion:TokenFile", options.Assertion.TokenFile),
            ("Assertion:From", options.Assertion.From),
            ("ClientAssertion:Issuer", options.ClientAssertion.Issuer),
            ("ClientAssertion:Audience", options.ClientAssertion.Audience),
            ("ClientAssertion:TokenFile", options.ClientAssertion.TokenFile),
            ("ClientAssertion:From", options.ClientAssertion.From),
            ("ClientAssertion:AssertionType", options.ClientAssertion.AssertionType),
            ("ClientAssertion:Type", options.ClientAssertion.Type),
            ("RevocationEndpoint", options.RevocationEndpoint),
            ("ClientSecret", options.ClientSecret),
            ("TrustedCertificates", options.TrustedCertificates),
            ("TokenExchange:SubjectTokenFile", options.TokenExchange.SubjectTokenFile),
            ("TokenExchange:SubjectTokenFrom", options.TokenExchange.SubjectTokenFrom),
            ("TokenExchange:SubjectTokenType", options.TokenExchange.SubjectTokenType),
            ("TokenExchange:ActorTokenFile", options.TokenExchange.ActorTokenFile),
            ("TokenExchange:ActorTokenFrom", options.TokenExchange.ActorTokenFrom),
            ("TokenExchange:ActorTokenType", options.TokenExchange.ActorTokenType),
            ("TokenExchange:RequestedTokenType", options.TokenExchange.RequestedTokenType),
            ("ClientAssertion:SigningKey:KeyId", options.ClientAssertion.SigningKey?.KeyId),
            ("Cache:SharingName", options.Cache.SharingName),
        ];
        foreach (var (name, value) in settings)
            if (value is "")
                yield return $"{name} is empty. Set it to a value, or remove it.";
    }

    private static IEnumerable<string> CheckServer(JwtGrantOptions options)
    {
        if (options is { Issuer: null, TokenEndpoint: null })
            yield return NoServer;
        if (options.Issuer is { Length: > 0 } issuer)
        {
            if (EndpointUrl.Problem(issuer, options.AllowLoopbackHttp, "https://as.example.com") is { } problem)
                yield return $"Issuer: {problem}.";
            else if (issuer.Contains('?', StringComparison.Ordinal))
                yield return $"Issuer: {SettingText.QuoteUrl(issuer)} has a query; an issuer identifier has no query (RFC 8414 section 2). Remove everything from ?.";
        }
        foreach (var endpointProblem in CheckEndpoints(options))
            yield return endpointProblem;
    }

    private static IEnumerable<string> CheckEndpoints(JwtGrantOptions options)
    {
        if (options.TokenEndpoint is { Length: > 0 } endpoint && EndpointUrl.Problem(endpoint, options.AllowLoopbackHttp) is { } tokenProblem)
            yield return $"TokenEndpoint: {tokenProblem}.";
        if (options.RevocationEndpoint is { Length: > 0 } revocation && EndpointUrl.Problem(revocation, options.AllowLoopbackHttp, "https://as.example.com/revoke") is { } revocationProblem)
            yield return $"RevocationEndpoint: {revocationProblem}.";
    }

    private static IEnumerable<string> CheckOrigins(JwtGrantOptions options)
    {
        var areValid = true;
        foreach (var origin in options.TokenEndpointOrigins)
            if (Origin.Problem(origin, options.AllowLoopbackHttp, "https://as.example.com", nameof(options.AllowLoopbackHttp)) is { } problem)
            {
                areValid = false;
                yield return $"TokenEndpointOrigins: {problem}.";
            }
        if (!areValid)
            yield break;
        var origins = new EndpointOrigins(options.TokenEndpointOrigins);
        foreach (var (name, value) in new[] { ("TokenEndpoint", options.TokenEndpoint), ("RevocationEndpoint", options.RevocationEndpoint) })
            if (Uri.TryCreate(value, UriKind.Absolute, out var address) && !origins.Allows(address))
                yield return $"{name}: {SettingText.QuoteUrl(value)} has an origin that TokenEndpointOrigins does not contain. Add the origin, or correct {name}.";
    }

    private static IEnumerable<string> CheckClient(JwtGrantOptions options, SignedAssertions signed)
    {
        if (!Enum.IsDefined(options.Grant))
            yield return $"Grant: {(int)options.Grant} is not a grant type. Use one of {string.Join(", ", Enum.GetNames<GrantType>())}.";
        if (!Enum.IsDefined(options.ClientAuthentication))
            yield return $"ClientAuthentication: {(int)options.ClientAuthentication} is not an authentication method. Use one of {string.Join(", ", Enum.GetNames<ClientAuthenticationMethod>())}.";
        if (!Enum.IsDefined(options.RequestEncoding))
            yield return $"RequestEncoding: {(int)options.RequestEncoding} is not an encoding. Use one of {string.Join(", ", Enum.GetNames<RequestEncoding>())}.";
        if (options is { Grant: GrantType.ClientCredentials, ClientAuthentication: ClientAuthenticationMethod.None })
            yield return "ClientAuthentication is None, but the client_credentials grant requires client authentication (RFC 6749 section 4.4). Set ClientAuthentication to PrivateKeyJwt.";
        if (options.ClientId is null && !CredentialChecks.KeyNamesClient(options) && (signed.Client || CredentialChecks.NeedsClientId(options.ClientAuthentication)))
            yield return $"ClientId is missing; {options.ClientAuthentication} "
                + (signed.Client ? "uses it as issuer and subject of the client assertion (RFC 7523 section 3)." : "identifies the client by it.")
                + " Set ClientId to the id that is registered at the server.";
        else if (options is { ClientId: null, Assertion.Issuer: null, SigningKey.Owner: null } && signed.Grant && !options.Assertion.OmittedClaims.Contains("iss")
            && !CredentialChecks.KeyWillNameClient(options))
            yield return "ClientId is missing; it is the issuer of the grant assertion. Set ClientId or Assertion:Issuer.";
    }

    private static IEnumerable<string> CheckKeys(JwtGrantOptions options, bool hasSigner, SignedAssertions signed)
    {
        var needsSharedKey = signed.Grant || (signed.Client && options.ClientAssertion.SigningKey is not { IsSet: true });
        if (!hasSigner && (needsSharedKey || options.SigningKey.IsSet) && CredentialChecks.Failure(options.SigningKey.Preload) is { } sharedProblem)
            yield return $"SigningKey: {sharedProblem}";
        if (options.SigningKey is { X5cRoot: true, X5c: false })
            yield return "SigningKey:X5cRoot is set, but SigningKey:X5c is false. Set X5c to true, or remove X5cRoot.";
        if (options.ClientAssertion.SigningKey is { X5cRoot: true, X5c: false })
            yield return "ClientAssertion:SigningKey:X5cRoot is set, but ClientAssertion:SigningKey:X5c is false. Set X5c to true, or remove X5cRoot.";
        if (signed.Client && options.ClientAssertion.SigningKey is { IsSet: true } clientKey && CredentialChecks.Failure(clientKey.Preload) is { } problem)
            yield return $"ClientAssertion:SigningKey: {problem}";
    }

    private static IEnumerable<string> CheckAssertions(JwtGrantOptions options, SignedAssertions signed)
    {
        var (grant, client) = (options.Assertion, options.ClientAssertion);
        if (grant.Lifetime is { } lifetime && AssertionLifetime.Problem(lifetime, grant.AllowLongLifetime) is { } grantProblem)
            yield return $"Assertion:Lifetime {grantProblem}.";
        var isSecret = options.ClientAuthentication == ClientAuthenticationMethod.JwtAsClientSecret;
        if (client.Lifetime is { } clientLifetime
            && (isSecret ? AssertionLifetime.SecretProblem(clientLifetime) : AssertionLifetime.Problem(clientLifetime, client.AllowLongLifetime)) is { } clientProblem)
            yield return $"ClientAssertion:Lifetime {clientProblem}.";
        if (client is { AssertionType: not null, TokenFile: null, From: null })
            yield return "ClientAssertion:AssertionType is set without ClientAssertion:TokenFile or ClientAssertion:From; it is the type of the token from there. Set one of them, or remove AssertionType.";
        if (client.AssertionType is { } type && PrivateKeyJwt.ProblemOf(type) is { } saml)
            yield return $"ClientAssertion:AssertionType: {saml}";
        foreach (var problem in AssertionChecks.Find(options, signed.Grant, signed.Client))
            yield return problem;
        if (options is { Issuer: null, ClientAssertion.Audience: null } && signed.Client && !client.OmittedClaims.Contains("aud"))
            yield return "ClientAssertion:Audience is missing, and there is no Issuer to use instead. Set Issuer, which is the audience according to RFC 10070. If the server expects another value, set ClientAssertion:Audience.";
    }

    private static IEnumerable<string> CheckRequest(JwtGrantOptions options)
    {
        if (options.Scope is { } scope && ScopeSyntax.Problem(scope) is { } scopeProblem)
            yield return $"Scope: {SettingText.Quote(scope)} {scopeProblem}.";
        foreach (var resource in options.Resource)
            if (ResourceSyntax.Problem(resource) is { } problem)
                yield return $"Resource: {problem}.";
        if (options.AuthorizationDetails is { } details && AuthorizationDetailsSyntax.Problem(details) is { } detailsProblem)
            yield return $"AuthorizationDetails: the value {detailsProblem}.";
        foreach (var name in options.Parameters.Keys)
            if (ProtocolParameters.Problem(name) is { } problem)
                yield return $"Parameters: {problem}.";
        foreach (var (name, value) in options.Headers)
            if (RequestHeaders.Problem(name, value) is { } problem)
                yield return $"Headers: {problem}.";
    }

    private static IEnumerable<string> CheckTokens(JwtGrantOptions options)
    {
        if (options.DefaultTokenLifetime is { } lifetime && (lifetime < MinDefaultLifetime || lifetime > MaxDefaultLifetime))
            yield return $"DefaultTokenLifetime is {lifetime}; expected {MinDefaultLifetime} to {MaxDefaultLifetime}.";
        if (options.DefaultTokenType is not (null or "Bearer"))
            yield return $"DefaultTokenType is {SettingText.QuoteChoice(options.DefaultTokenType)}; expected Bearer or no value. With no value, a response without token_type is an error.";
        if (options.UserAgent is not { Length: <= 256 } agent || string.IsNullOrWhiteSpace(agent) || agent.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            yield return "UserAgent is empty, longer than 256 characters, or has characters that are not printable ASCII. Set it to a product name, such as my-service/1.0.";
        if (options.UseIdToken && options.DPoP.Enabled)
            yield return "UseIdToken is set, but DPoP:Enabled is true, and an ID token is not bound to a key. Remove one of them.";
        if (options.MaxMembersSize is < 0 or > 1024 * 1024)
            yield return $"MaxMembersSize is {options.MaxMembersSize}; expected 0 to 1048576.";
    }
}
