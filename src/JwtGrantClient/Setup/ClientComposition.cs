using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Assertions;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.DPoP;
using JwtGrantClient.Signing;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging;
using Polly;

namespace JwtGrantClient.Setup;

/// <summary>What a composition needs from outside: the seams of time, transport and telemetry.</summary>
internal sealed record Surroundings(TimeProvider Time, ILogger Logger, Meter Meter)
{
    public IJwtSigner? Signer { get; init; }

    public AssertionProvider? GrantAssertion { get; init; }

    public AssertionProvider? ClientAssertion { get; init; }

    public AssertionProvider? SubjectToken { get; init; }

    public AssertionProvider? ActorToken { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    public Action<AssertionDraft>? EditAssertion { get; init; }

    public HttpMessageHandler? TokenEndpointHandler { get; init; }

    public ResiliencePipeline? RetryPipeline { get; init; }

    public ISharedTokenStore? SharedTokenStore { get; init; }
}

/// <summary>
/// From checked settings to a working client: the one place that knows how the steps are put together (open first). Every step gets its
/// own immutable part of the settings.
/// </summary>
internal static class ClientComposition
{
    private static readonly TimeSpan DefaultTokenLifetime = TimeSpan.FromMinutes(5);

#pragma warning disable CA2000 // What is made here is owned, and disposed, by the client that is returned.
    /// <exception cref="JwtGrantException">The key could not be read, or a signer's algorithm is refused.</exception>
    public static ComposedClient Compose(string name, JwtGrantOptions options, Surroundings around)
    {
        var signer = around.Signer ?? (options.SigningKey.IsSet ? SigningKeyLoader.Open(options.SigningKey, around.Time, around.Logger) : null);
        var clientSigner = ClientSigner(options, around, signer);
        var ids = new JtiGenerator(RandomNumberGenerator.Fill);
        var certificate = EndpointComposition.Certificate(options, around);
        var transport = EndpointComposition.Transport(options, around, certificate);
        var (clientAssertions, clientRefused) = AssertionComposition.ForClient(options, around, clientSigner, ids);
        var authentication = EndpointComposition.Authentication(options, clientAssertions);
        var proofKey = options.DPoP.Enabled ? DPoPKey.Of(options.DPoP.SigningKey) : null;
        var proofs = proofKey is null ? null : new DPoPProofs(proofKey, around.Time, ids);
        var locator = EndpointComposition.Locator(
            options, transport, around, EndpointComposition.Traits(options, around, authentication, clientSigner, proofKey), certificate is not null);
        IRetry retry = around.RetryPipeline is { } own ? new PipelineRetry(own) : new RetryRule(RetrySettings.Of(options.Retry), around.Time, Uniform, around.Logger);
        void KeysRefused()
        {
            signer?.Refused();
            clientRefused?.Invoke();
        }
        var endpoint = new TokenEndpointClient(
            locator,
            authentication,
            transport,
            retry,
            new ResponseRules(options.DefaultTokenLifetime ?? DefaultTokenLifetime, options.DefaultTokenType) { Proof = proofs },
            around.Time,
            KeysRefused,
            proofs);
        var tokens = new CachedTokenSource(new CacheContext(
            name,
            new TokenEndpointSource(endpoint, AssertionComposition.ForGrant(options, around, signer, ids), Defaults(options)),
            around.Time,
            new CheapClock(around.Time, options.Refresh.SleepThreshold),
            RefreshSettings.Of(options.Refresh),
            Uniform,
            new TokenMetrics(around.Meter),
            around.Logger)
        {
            Gates = GateSettings.Of(options.Retry),
            Table = TableSettings.Of(options.Cache),
            FlightTimeout = options.Retry.FlightTimeout,
            Shared = SharedTokensOf(name, options, around, () => proofKey?.Thumbprint ?? certificate?.Thumbprint, proofs),
        });
        var assertionSource = clientAssertions is null ? null : new AssertionSource(clientAssertions, options.Issuer);
        var revocation = new RevocationClient(locator, authentication, transport, retry, around.Time, KeysRefused);
        return new(name, transport)
        {
            Tokens = tokens,
            Endpoint = endpoint,
            Revocation = new TokenRevocation(name, tokens, revocation, around.Time, around.Logger),
            ClientAssertions = assertionSource,
            AllowLoopbackHttp = options.AllowLoopbackHttp,
            // What is shared is in use elsewhere.
            RevokeOnDispose = options.RevokeOnDispose && around.SharedTokenStore is null,
        };
    }
#pragma warning restore CA2000

    private static IJwtSigner? ClientSigner(JwtGrantOptions options, Surroundings around, IJwtSigner? main) =>
        options.ClientAssertion.SigningKey is { IsSet: true } own ? SigningKeyLoader.Open(own, around.Time, around.Logger) : main;

    private static SharedTokens? SharedTokensOf(
        string name, JwtGrantOptions options, Surroundings around, Func<string?> bindingThumbprint, ITokenProof? proof)
    {
        if (around.SharedTokenStore is not { } store)
            return null;
        var assertion = options.Assertion;
        var identity = new ClientIdentity
        {
            Name = name,
            Issuer = options.Issuer,
            TokenEndpoint = options.TokenEndpoint,
            ClientId = options.ClientId,
            Grant = options.Grant.ToString(),
            Authentication = options.ClientAuthentication.ToString(),
            Assertion =
            [
                assertion.Issuer, assertion.Subject, assertion.Audience, assertion.TokenFile,
                PlainJson.Text(assertion.Claims.OrderBy(claim => claim.Key, StringComparer.Ordinal)),
            ],
            Defaults = Defaults(options),
            BindingThumbprint = bindingThumbprint,
            // A handler of the user's own may show a certificate that nothing is known of here.
            IsBound = options.DPoP.Enabled || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls || around.ClientCertificate is not null
                || options.ClientCertificate is not null,
        };
        return new(store, identity, options.Cache.StoreTimeout, RefreshSettings.Of(options.Refresh), around.Time, around.Logger) { Proof = proof };
    }

    private static TokenRequest Defaults(JwtGrantOptions options) => new()
    {
        Scope = options.Scope,
        Resource = [.. options.Resource],
        Parameters = options.Parameters.AsReadOnly(),
    };

    // Spreads refreshes and retries; from the system's generator, which needs no seed and no lock.
    private static double Uniform() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
