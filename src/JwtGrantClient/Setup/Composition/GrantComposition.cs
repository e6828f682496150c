using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes the grant of a client. Its assertion, or its token to exchange, comes from the first of these that is configured: a provider, a
/// file, the signing key.
/// </summary>
internal static class GrantComposition
{
    /// <summary>Returns a function that creates the configured grant for a token request.</summary>
    public static Func<TokenRequest, Grant> Create(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        switch (options.Grant)
        {
            case GrantType.JwtBearer:
                var assertions = dependencies.GrantAssertion.Value
                    ?? (options.Assertion.TokenFile is { } file
                        ? dependencies.OpenTokenFile(file, AssertionTypes.Jwt).ProvideAsync
                        : new AssertionFactory(CreateProfile(options), keys.Signer!, dependencies.Time, keys.Ids, dependencies.EditAssertion).ProvideAsync);
                return request => AssertionGrant.Create(GrantTypes.JwtBearer, assertions, request);
            case GrantType.Saml2Bearer:
                var saml = dependencies.GrantAssertion.Value!;
                return request => AssertionGrant.Create(GrantTypes.Saml2Bearer, saml, request);
            case GrantType.TokenExchange:
                var exchange = options.TokenExchange;
                var subject = dependencies.SubjectToken.Value ?? CreateTokenFile(exchange.SubjectTokenFile, exchange.SubjectTokenType, dependencies)!;
                var actor = dependencies.ActorToken.Value ?? CreateTokenFile(exchange.ActorTokenFile, exchange.ActorTokenType, dependencies);
                var target = new ExchangeTarget(exchange.RequestedTokenType, [.. exchange.Audience]);
                return request => new TokenExchangeGrant(subject, actor, target, request);
            default:
                return request => new ClientCredentialsGrant(request);
        }
    }

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
            new Dictionary<string, object>(options.Assertion.Claims, StringComparer.Ordinal));
    }
}
