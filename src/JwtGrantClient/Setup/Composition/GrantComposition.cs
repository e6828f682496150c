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
    public static Func<TokenRequest, Grant> Create(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs)
    {
#pragma warning disable CS8524 // OptionsChecks rejects undefined values. Without a discard arm, a value that has no case is an error (CS8509).
        Func<TokenRequest, Grant> create = options.Grant switch
        {
            GrantType.JwtBearer => CreateAssertionGrant(GrantTypes.JwtBearer, CreateJwtAssertions(options, dependencies, keys, inputs), inputs),
            GrantType.ClientCredentials => request => new ClientCredentialsGrant(request),
            GrantType.TokenExchange => CreateTokenExchange(options.TokenExchange, dependencies, inputs),
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
            : new AssertionFactory(CreateProfile(options), keys.Signer!, dependencies.Time, keys.Ids, dependencies.EditAssertion) { Metrics = dependencies.Metrics }.ProvideAsync);

    private static Func<TokenRequest, Grant> CreateAssertionGrant(string type, AssertionProvider assertions, ComposedInputs inputs) => request =>
        AssertionGrant.Create(type, inputs.Grant is null && request.Assertion is { } given ? Provide(type, given) : assertions, request);

    private static Func<TokenRequest, Grant> CreateTokenExchange(TokenExchangeOptions options, ClientDependencies dependencies, ComposedInputs inputs)
    {
        var subject = dependencies.SubjectToken.Value
            ?? ProvideFrom(inputs.SubjectToken) ?? CreateTokenFile(options.SubjectTokenFile, options.SubjectTokenType, dependencies) ?? Missing("SubjectToken");
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

    private static AssertionProvider? CreateTokenFile(string? path, string? type, ClientDependencies dependencies) =>
        path is null ? null : dependencies.OpenTokenFile(path, type ?? TokenTypes.Jwt).ProvideAsync;

    /// <summary>Returns the settings of the JWTs that the library signs as grant or, for SelfSigned, as access token.</summary>
    public static AssertionProfile CreateProfile(JwtGrantOptions options)
    {
        var issuer = options.Assertion.Issuer ?? options.ClientId!;
        return new(
            JwtTypes.Jwt,
            issuer,
            options.Assertion.Subject ?? issuer,
            options.Assertion.Audience ?? options.Issuer ?? options.TokenEndpoint!,
            options.Assertion.Lifetime ?? AssertionLifetime.Default,
            options.Assertion.Claims.ToDictionary(claim => claim.Key, claim => JsonValues.Copy(claim.Value), StringComparer.Ordinal));
    }
}
