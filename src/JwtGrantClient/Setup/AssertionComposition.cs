using JwtGrantClient.Assertions;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>Where assertions and tokens to exchange come from: a provider of the user's own, a token file, or the client's key, in this order.</summary>
internal static class AssertionComposition
{
    /// <summary>The configured grant for a request.</summary>
    public static Func<TokenRequest, Grant> ForGrant(JwtGrantOptions options, Surroundings around, IJwtSigner? signer, JtiGenerator ids)
    {
        switch (options.Grant)
        {
            case GrantType.JwtBearer:
                var assertions = around.GrantAssertion
                    ?? (options.Assertion.TokenFile is { } file
                        ? new TokenFile(file, AssertionTypes.Jwt, around.Time).ProvideAsync
                        : new AssertionFactory(GrantProfile(options), signer!, around.Time, ids, around.EditAssertion).ProvideAsync);
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

    /// <summary>The client assertions, null where the client does not authenticate by one; and what to do when the server refuses one.</summary>
    public static (AssertionProvider? Provide, Action? Refused) ForClient(
        JwtGrantOptions options, Surroundings around, IJwtSigner? signer, JtiGenerator ids)
    {
        if (options.ClientAuthentication is not (ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret))
            return (null, null);
        if (around.ClientAssertion is { } own)
            return (own, null);
        if (options.ClientAssertion.TokenFile is { } file)
            return (new TokenFile(file, options.ClientAssertion.AssertionType ?? AssertionTypes.Jwt, around.Time).ProvideAsync, null);
        var factory = new AssertionFactory(ClientProfile(options), signer!, around.Time, ids, around.EditAssertion);
        if (options.ClientAuthentication == ClientAuthenticationMethod.PrivateKeyJwt)
            return (factory.ProvideAsync, signer!.Refused);
        var kept = new KeptAssertions(factory.ProvideAsync, around.Time);
        return (kept.ProvideAsync, () =>
        {
            signer!.Refused();
            kept.Forget();
        });
    }

    // OpenID Connect Core section 9: iss = sub = client_id. The audience is the issuer as configured, never what discovery found (C04).
    private static AssertionProfile ClientProfile(JwtGrantOptions options)
    {
        var isSecret = options.ClientAuthentication == ClientAuthenticationMethod.JwtAsClientSecret;
        return new(
            options.ClientAssertion.Type ?? (isSecret ? JwtTypes.Jwt : JwtTypes.ClientAuthentication),
            options.ClientAssertion.Issuer ?? options.ClientId!,
            options.ClientId!,
            options.ClientAssertion.Audience ?? options.Issuer!,
            options.ClientAssertion.Lifetime ?? (isSecret ? AssertionLifetime.SecretDefault : AssertionLifetime.Default),
            new Dictionary<string, object>());
    }

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
