using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes the grant of a client. Its assertion, or its token to exchange, comes from the first of these that is configured: a provider,
/// another client, a file, the signing key.
/// </summary>
internal static class GrantComposition
{
    /// <summary>Returns a function that creates the configured grant for a token request.</summary>
    public static Func<TokenRequest, Grant> Create(
        JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs, TokenEndpointTransport transport)
    {
#pragma warning disable CS8524 // OptionsChecks rejects undefined values. Without a discard arm, a value that has no case is an error (CS8509).
        Func<TokenRequest, Grant> create = options.Grant switch
        {
            GrantType.JwtBearer => CreateAssertionGrant(GrantTypes.JwtBearer, CreateJwtAssertions(options, dependencies, keys, inputs), inputs),
            GrantType.ClientCredentials => request => new ClientCredentialsGrant(request),
            GrantType.TokenExchange => CreateTokenExchange(options.TokenExchange, dependencies, inputs, transport),
            GrantType.Saml2Bearer => CreateAssertionGrant(GrantTypes.Saml2Bearer, dependencies.GrantAssertion.Value ?? ProvideFrom(inputs.Grant) ?? Missing("Assertion"), inputs),
            GrantType.SelfSigned => throw new InvalidOperationException("A client that signs its tokens has no grant."),
        };
#pragma warning restore CS8524
        // Tokens that go to another client are that client's.
        var passesOn = inputs.Grant is not null || inputs.SubjectToken is not null;
        return request => request.Tokens is null || passesOn ? create(request) : create(CheckTokens(request, options.Grant));
    }

    private static AssertionProvider CreateJwtAssertions(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs) =>
        dependencies.GrantAssertion.Value
        ?? ProvideFrom(inputs.Grant)
        ?? (options.Assertion.FromRequest ? Missing("Assertion")
            : options.Assertion.TokenFile is { } file ? dependencies.OpenTokenFile(file, AssertionTypes.Jwt).ProvideAsync
            : new AssertionFactory(CreateProfile(options, keys), keys.Signer!, keys.Clock, keys.Ids, dependencies.EditAssertion) { Metrics = dependencies.Metrics }.ProvideAsync);

    private static Func<TokenRequest, Grant> CreateAssertionGrant(string type, AssertionProvider assertions, ComposedInputs inputs) => request =>
        AssertionGrant.Create(type, inputs.Grant is null && request.Assertion is { } given ? Provide(type, given) : assertions, request);

    private static Func<TokenRequest, Grant> CreateTokenExchange(
        TokenExchangeOptions options, ClientDependencies dependencies, ComposedInputs inputs, TokenEndpointTransport transport)
    {
        var subject = dependencies.SubjectToken.Value
            ?? ProvideFrom(inputs.SubjectToken) ?? CreateTokenFile(options.SubjectTokenFile, options.SubjectTokenType, dependencies, options.SubjectTokenMember)
            ?? options.SubjectTokenUrl?.ToProvider(options.SubjectTokenType ?? TokenTypes.Jwt, transport) ?? Missing("SubjectToken");
        var actor = dependencies.ActorToken.Value
            ?? ProvideFrom(inputs.ActorToken) ?? CreateTokenFile(options.ActorTokenFile, options.ActorTokenType, dependencies);
        var target = new ExchangeTarget(options.RequestedTokenType, [.. options.Audience]);
        return request => inputs.SubjectToken is not null || request.Tokens is null
            ? new TokenExchangeGrant(subject, actor, target, request)
            : new TokenExchangeGrant(
                request.SubjectToken is { } given ? TokenExchangeGrant.Provide(given) : subject,
                request.ActorToken is { } acting ? TokenExchangeGrant.Provide(acting) : actor,
                target,
                request);
    }

    // A token that is not sent would be a mistake: the request is for a user, and the token would be for somebody else.
    private static TokenRequest CheckTokens(TokenRequest request, GrantType grant)
    {
        var unused = grant is not (GrantType.JwtBearer or GrantType.Saml2Bearer) && request.Assertion is not null ? "Assertion"
            : grant == GrantType.TokenExchange ? null
            : request.SubjectToken is not null ? "SubjectToken"
            : request.ActorToken is not null ? "ActorToken"
            : null;
        return unused is null ? request : throw JwtGrantException.Configuration(
            "input_token_not_used",
            $"The token request has {(unused == "Assertion" ? "an" : "a")} {unused}, but the grant of the client, {grant}, does not send it. Set Grant to {(unused == "Assertion" ? "JwtBearer or Saml2Bearer" : "TokenExchange")}, or remove it from the request.");
    }

    private static AssertionProvider Missing(string property) => (_, _) => throw JwtGrantException.Configuration(
        "input_token_missing",
        $"The token request has no {property}, but by the settings of the client each request has it. Set TokenRequest.{property}, for example to the token of the user.");

    private static AssertionProvider Provide(string type, string assertion) => (_, _) => new(new Assertion(assertion, type, DateTimeOffset.MaxValue));

    private static AssertionProvider? ProvideFrom(ClientTokenInput? input) => input is null ? null : input.ProvideAsync;

    private static AssertionProvider? CreateTokenFile(string? path, string? type, ClientDependencies dependencies, string? member = null) =>
        path is null ? null : dependencies.OpenTokenFile(path, type ?? TokenTypes.Jwt, member).ProvideAsync;

    /// <summary>Returns the settings of the JWTs that the library signs as grant or, for SelfSigned, as access token.</summary>
    public static AssertionProfile CreateProfile(JwtGrantOptions options, ClientKeys keys)
    {
        var assertion = options.Assertion;
        var omitted = OmittedClaimNames.Parse(assertion.OmittedClaims);
        var issuer = assertion.Issuer ?? options.ClientId ?? keys.Owner;
        return new(
            JwtTypes.Jwt,
            assertion.Issuer is null && omitted.HasFlag(OmittedClaims.Issuer) ? null : issuer,
            assertion.Subject ?? keys.Account?.Subject ?? (omitted.HasFlag(OmittedClaims.Subject) ? null : issuer),
            assertion.Audience ?? (omitted.HasFlag(OmittedClaims.Audience) ? null : options.Issuer ?? options.TokenEndpoint),
            assertion.Lifetime ?? AssertionLifetime.Default,
            CopyClaims(assertion.Claims, assertion.JsonClaims, options, ScopeComposition.IsInGrantAssertion(options)))
        {
            Omitted = omitted, NotBefore = assertion.NotBefore, Backdate = assertion.Backdate, Header = CopyClaims(assertion.Header),
        };
    }

    /// <summary>Returns a copy of claims or header parameters, with the scope of the settings if it is a claim of this assertion.</summary>
    public static Dictionary<string, object> CopyClaims(
        IDictionary<string, object> claims, IDictionary<string, string>? jsonClaims = null, JwtGrantOptions? options = null, bool hasScope = false)
    {
        var copy = new Dictionary<string, object>(claims.Count, StringComparer.Ordinal);
        foreach (var (name, value) in claims)
            copy[name] = JsonValues.Copy(value);
        if (jsonClaims is not null)
            foreach (var (name, text) in jsonClaims)
                copy[name] = ClaimSyntax.TryParse(text)!.Value;
        if (hasScope && options!.Scope is { } scope)
            copy[ScopeClaim.Name] = ScopeClaim.Format(options.ScopePlacement, scope);
        return copy;
    }
}

/// <summary>Finds the assertion that has the scope in a claim.</summary>
internal static class ScopeComposition
{
    /// <summary>Returns whether the scope is a claim of the grant assertion, or of the self-signed token.</summary>
    public static bool IsInGrantAssertion(JwtGrantOptions options) =>
        options.ScopePlacement != ScopePlacement.Parameter && (options.Grant is GrantType.JwtBearer or GrantType.SelfSigned);

    /// <summary>Returns whether the scope is a claim of the client assertion.</summary>
    public static bool IsInClientAssertion(JwtGrantOptions options) =>
        options.ScopePlacement != ScopePlacement.Parameter && !IsInGrantAssertion(options);

    /// <summary>Returns what moves the scope of requests into the claim; null if it is a parameter.</summary>
    public static ScopeClaim? Create(JwtGrantOptions options, TokenRequest defaults) =>
        options.ScopePlacement == ScopePlacement.Parameter ? null : new(options.ScopePlacement, defaults, IsInGrantAssertion(options));
}
