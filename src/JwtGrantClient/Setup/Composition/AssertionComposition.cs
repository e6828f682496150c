using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Setup;

/// <summary>Where client assertions come from: a provider of the user's own, a token file, or the client's key, in this order.</summary>
internal static class AssertionComposition
{
    /// <summary>
    /// The client assertions, null where the client does not authenticate by one; and what to do when the server refuses one.
    /// </summary>
    public static (AssertionProvider? Provide, Action? OnRejected) ForClient(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        if (options.ClientAuthentication is not (ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret))
            return (null, null);
        if (dependencies.ClientAssertion.Value is { } own)
            return (own, null);
        if (options.ClientAssertion.TokenFile is { } file)
            return (new TokenFile(file, options.ClientAssertion.AssertionType ?? AssertionTypes.Jwt, dependencies.Time).ProvideAsync, null);
        var signer = keys.ClientSigner!;
        var factory = new AssertionFactory(ClientProfile(options), signer, dependencies.Time, keys.Ids, dependencies.EditAssertion);
        if (options.ClientAuthentication == ClientAuthenticationMethod.PrivateKeyJwt)
            return (factory.ProvideAsync, signer.OnAssertionRejected);
        var cached = new CachedAssertionProvider(factory.ProvideAsync, dependencies.Time);
        return (cached.ProvideAsync, () =>
        {
            signer.OnAssertionRejected();
            cached.Forget();
        });
    }

    // OpenID Connect Core section 9: iss = sub = client_id. The audience is the issuer as configured, never what discovery found (RFC 10070).
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
}
