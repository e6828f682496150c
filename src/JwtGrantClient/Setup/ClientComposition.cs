using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
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

    public Action<AssertionDraft>? EditAssertion { get; init; }

    public HttpMessageHandler? TokenEndpointHandler { get; init; }

    public ResiliencePipeline? RetryPipeline { get; init; }
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
        var transport = new TokenEndpointTransport(around.TokenEndpointHandler ?? TokenEndpointTransport.CreateHandler(), around.Time);
        var (clientAssertions, clientRefused) = AssertionComposition.ForClient(options, around, clientSigner, ids);
        var endpoint = new TokenEndpointClient(
            Locator(options, transport, around, clientSigner),
            Authentication(options, clientAssertions),
            transport,
            around.RetryPipeline is { } own ? new PipelineRetry(own) : new RetryRule(around.Time, Uniform, around.Logger),
            new ResponseRules(options.DefaultTokenLifetime ?? DefaultTokenLifetime, options.DefaultTokenType),
            around.Time,
            keysRefused: () =>
            {
                signer?.Refused();
                clientRefused?.Invoke();
            });
        var grantAssertions = AssertionComposition.ForGrant(options, around, signer, ids);
        var tokens = new CachedTokenSource(new CacheContext(
            name,
            new TokenEndpointSource(endpoint, grantAssertions, Defaults(options)),
            around.Time,
            new CheapClock(around.Time),
            new RefreshSettings(options.Refresh.Earliest, options.Refresh.Latest, options.Refresh.ExpiryAllowance),
            Uniform,
            new TokenMetrics(around.Meter),
            around.Logger));
        var assertionSource = clientAssertions is null ? null : new AssertionSource(clientAssertions, options.Issuer);
        return new(name, tokens, endpoint, assertionSource, transport, options.AllowLoopbackHttp);
    }
#pragma warning restore CA2000

    private static EndpointLocator Locator(
        JwtGrantOptions options, TokenEndpointTransport transport, Surroundings around, IJwtSigner? clientSigner) =>
        options.TokenEndpoint is { } configured
            ? new(configured, options.Issuer)
            : new(
                new MetadataDiscovery(options.Issuer!, options.AllowLoopbackHttp, transport, around.Time, around.Logger),
                SignsClientAssertions(options, around) ? () => clientSigner!.Algorithm : null);

    private static bool SignsClientAssertions(JwtGrantOptions options, Surroundings around) =>
        options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion.TokenFile: null } && around.ClientAssertion is null;

    private static ClientAuthentication Authentication(JwtGrantOptions options, AssertionProvider? assertions)
    {
        var clientId = options.SendClientId ? options.ClientId : null;
        return options.ClientAuthentication switch
        {
            ClientAuthenticationMethod.PrivateKeyJwt => new ClientAuthentication.PrivateKeyJwt(assertions!, clientId),
            ClientAuthenticationMethod.JwtAsClientSecret => new ClientAuthentication.JwtAsClientSecret(assertions!, options.ClientId!),
            _ => new ClientAuthentication.None(clientId),
        };
    }

    private static IJwtSigner? ClientSigner(JwtGrantOptions options, Surroundings around, IJwtSigner? main) =>
        options.ClientAssertion.SigningKey is { IsSet: true } own ? SigningKeyLoader.Open(own, around.Time, around.Logger) : main;

    private static TokenRequest Defaults(JwtGrantOptions options) => new()
    {
        Scope = options.Scope,
        Resource = [.. options.Resource],
        Parameters = options.Parameters.AsReadOnly(),
    };

    // Spreads refreshes and retries; from the system's generator, which needs no seed and no lock.
    private static double Uniform() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
}
