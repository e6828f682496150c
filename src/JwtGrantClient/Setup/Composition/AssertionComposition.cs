using JwtGrantClient.Assertions;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes the client assertions. They come from the first of these that is configured: a provider, another client, a token file, the
/// signing key.
/// </summary>
internal static class AssertionComposition
{
    /// <summary>
    /// Returns the provider of client assertions, null if the client does not authenticate with one, and the callback for an assertion that the
    /// server rejects.
    /// </summary>
    public static (AssertionProvider? Provide, Action? OnRejected) Create(
        JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs)
    {
        if (options.ClientAuthentication is not (ClientAuthenticationMethod.PrivateKeyJwt or ClientAuthenticationMethod.JwtAsClientSecret))
            return (null, null);
        if (dependencies.ClientAssertion.Value is { } provider)
            return (provider, null);
        if (inputs.ClientAssertion is { } input)
            return (input.ProvideAsync, null);
        if (options.ClientAssertion.TokenFile is { } file)
            return (dependencies.OpenTokenFile(file, options.ClientAssertion.AssertionType ?? AssertionTypes.Jwt).ProvideAsync, null);
        var signer = keys.ClientSigner!;
        var factory = new AssertionFactory(CreateProfile(options), signer, keys.Clock, keys.Ids, dependencies.EditAssertion) { Metrics = dependencies.Metrics };
        if (options.ClientAuthentication == ClientAuthenticationMethod.PrivateKeyJwt)
            return (factory.ProvideAsync, signer.OnAssertionRejected);
        var cached = new CachedAssertionProvider(factory.ProvideAsync, keys.Clock);
        return (cached.ProvideAsync, () =>
        {
            signer.OnAssertionRejected();
            cached.Invalidate();
        });
    }

    // OpenID Connect Core section 9: iss and sub are the client id. The audience is the configured issuer, never a discovered value (RFC 10070).
    private static AssertionProfile CreateProfile(JwtGrantOptions options)
    {
        var isSecret = options.ClientAuthentication == ClientAuthenticationMethod.JwtAsClientSecret;
        var assertion = options.ClientAssertion;
        var omitted = OmittedClaimNames.Parse(assertion.OmittedClaims);
        return new(
            assertion.Type ?? (isSecret ? JwtTypes.Jwt : JwtTypes.ClientAuthentication),
            assertion.Issuer ?? (omitted.HasFlag(OmittedClaims.Issuer) ? null : options.ClientId),
            omitted.HasFlag(OmittedClaims.Subject) ? null : options.ClientId,
            assertion.Audience ?? (omitted.HasFlag(OmittedClaims.Audience) ? null : options.Issuer),
            assertion.Lifetime ?? (isSecret ? AssertionLifetime.SecretDefault : AssertionLifetime.Default),
            GrantComposition.CopyClaims(assertion.Claims, assertion.JsonClaims, options, ScopeComposition.IsInClientAssertion(options)))
        {
            Omitted = omitted, NotBefore = assertion.NotBefore, Backdate = assertion.Backdate, Header = GrantComposition.CopyClaims(assertion.Header),
        };
    }
}
