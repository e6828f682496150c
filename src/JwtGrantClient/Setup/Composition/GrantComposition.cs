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
        return options.Grant switch
        {
            GrantType.JwtBearer => CreateJwtBearer(options, dependencies, keys, inputs),
            GrantType.ClientCredentials => request => new ClientCredentialsGrant(request),
            GrantType.TokenExchange => CreateTokenExchange(options.TokenExchange, dependencies, inputs),
            GrantType.Saml2Bearer => CreateSaml2Bearer(dependencies, inputs),
        };
#pragma warning restore CS8524
    }

    private static Func<TokenRequest, Grant> CreateJwtBearer(
        JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs)
    {
        var assertions = dependencies.GrantAssertion.Value
            ?? ProvideFrom(inputs.Grant)
            ?? (options.Assertion.TokenFile is { } file
                ? dependencies.OpenTokenFile(file, AssertionTypes.Jwt).ProvideAsync
                : new AssertionFactory(CreateProfile(options), keys.Signer!, dependencies.Time, keys.Ids, dependencies.EditAssertion).ProvideAsync);
        return request => AssertionGrant.Create(GrantTypes.JwtBearer, assertions, request);
    }

    private static Func<TokenRequest, Grant> CreateTokenExchange(TokenExchangeOptions options, ClientDependencies dependencies, ComposedInputs inputs)
    {
        var subject = dependencies.SubjectToken.Value
            ?? ProvideFrom(inputs.SubjectToken) ?? CreateTokenFile(options.SubjectTokenFile, options.SubjectTokenType, dependencies)!;
        var actor = dependencies.ActorToken.Value
            ?? ProvideFrom(inputs.ActorToken) ?? CreateTokenFile(options.ActorTokenFile, options.ActorTokenType, dependencies);
        var target = new ExchangeTarget(options.RequestedTokenType, [.. options.Audience]);
        return request => new TokenExchangeGrant(subject, actor, target, request);
    }

    private static Func<TokenRequest, Grant> CreateSaml2Bearer(ClientDependencies dependencies, ComposedInputs inputs)
    {
        var assertions = dependencies.GrantAssertion.Value ?? ProvideFrom(inputs.Grant)!;
        return request => AssertionGrant.Create(GrantTypes.Saml2Bearer, assertions, request);
    }

    private static AssertionProvider? ProvideFrom(ClientTokenInput? input) => input is null ? null : input.ProvideAsync;

    private static AssertionProvider? CreateTokenFile(string? path, string? type, ClientDependencies dependencies) =>
        path is null ? null : dependencies.OpenTokenFile(path, type ?? TokenTypes.Jwt).ProvideAsync;

    private static AssertionProfile CreateProfile(JwtGrantOptions options)
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
