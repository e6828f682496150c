using JwtGrantClient.Assertions;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Where grants come from: assertions and tokens to exchange by a provider of the user's own, a file, or the client's key, in this order.
/// </summary>
internal static class GrantComposition
{
    /// <summary>The configured grant for a request.</summary>
    public static Func<TokenRequest, Grant> Create(JwtGrantOptions options, Surroundings around, ClientKeys keys)
    {
        switch (options.Grant)
        {
            case GrantType.JwtBearer:
                var assertions = around.GrantAssertion
                    ?? (options.Assertion.TokenFile is { } file
                        ? new TokenFile(file, AssertionTypes.Jwt, around.Time).ProvideAsync
                        : new AssertionFactory(GrantProfile(options), keys.Signer!, around.Time, keys.Ids, around.EditAssertion).ProvideAsync);
                return request => Grant.JwtBearer(assertions, request);
            case GrantType.Saml2Bearer:
                return request => Grant.Saml2Bearer(around.GrantAssertion!, request);
            case GrantType.TokenExchange:
                var exchange = options.TokenExchange;
                var subject = around.SubjectToken ?? FileOf(exchange.SubjectTokenFile, exchange.SubjectTokenType, around)!;
                var actor = around.ActorToken ?? FileOf(exchange.ActorTokenFile, exchange.ActorTokenType, around);
                var target = new ExchangeTarget(exchange.RequestedTokenType, [.. exchange.Audience]);
                return request => new TokenExchangeGrant(subject, actor, target, request);
            default:
                return request => Grant.ClientCredentials(request);
        }
    }

    private static AssertionProvider? FileOf(string? path, string? type, Surroundings around) =>
        path is null ? null : new TokenFile(path, type ?? TokenTypes.Jwt, around.Time).ProvideAsync;

    private static AssertionProfile GrantProfile(JwtGrantOptions options)
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
