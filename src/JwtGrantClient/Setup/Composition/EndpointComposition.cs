using JwtGrantClient.DPoP;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>What a client needs of its authorization server.</summary>
internal sealed record ComposedEndpoint(
    TokenEndpointClient Tokens,
    RevocationClient Revocation,
    TokenRequestPipeline Pipeline,
    AssertionProvider? ClientAssertions,
    DPoPProofs? Proofs,
    TokenEndpointTransport Transport);

/// <summary>Composes how a client talks to its authorization server: where, over which connections, and how it authenticates.</summary>
internal static class EndpointComposition
{
    private static readonly TimeSpan DefaultTokenLifetime = TimeSpan.FromMinutes(5);

#pragma warning disable CA2000 // The transport owns its handler, and the client that is composed owns the transport.
    /// <exception cref="JwtGrantException">The client's secret is missing, or a signer's algorithm is refused.</exception>
    public static ComposedEndpoint Create(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        var transport = Transport(options, dependencies, keys.Certificate);
        var (assertions, onAssertionRejected) = AssertionComposition.ForClient(options, dependencies, keys);
        var authentication = Authentication(options, assertions);
        var locator = Locator(options, dependencies, keys, transport, authentication);
        var proofs = keys.ProofKey is { } key ? new DPoPProofs(key, dependencies.Time, keys.Ids) : null;
        var rules = new ResponseRules(options.DefaultTokenLifetime ?? DefaultTokenLifetime, options.DefaultTokenType) { Proof = proofs };
        var pipeline = new TokenRequestPipeline(
            options.Retry.Copy(), dependencies.Time, dependencies.Random, dependencies.Logger, dependencies.RetryPipeline.Value, OnAssertionRejected);
        return new(
            new(locator, authentication, transport, pipeline, rules, proofs),
            new(locator, authentication, transport, pipeline),
            pipeline,
            assertions,
            proofs,
            transport);

        void OnAssertionRejected()
        {
            keys.Signer?.OnAssertionRejected();
            onAssertionRejected?.Invoke();
        }
    }

    // The connections show the client's certificate where it has one. A handler of the user's own brings its own.
    private static TokenEndpointTransport Transport(JwtGrantOptions options, ClientDependencies dependencies, ClientCertificate? certificate) =>
        new(dependencies.TokenEndpointHandler.Value ?? TokenEndpointTransport.CreateHandler(certificate), dependencies.Time, options.Retry.MaxRetryAfter);
#pragma warning restore CA2000

    private static EndpointLocator Locator(
        JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, TokenEndpointTransport transport, ClientAuthentication authentication) =>
        new(
            options.Issuer is { } issuer
                ? new MetadataDiscovery(issuer, options.AllowLoopbackHttp, transport, dependencies.Time, dependencies.Logger)
                : null,
            options.TokenEndpoint,
            options.RevocationEndpoint)
        {
            Client = new(
                authentication.Names,
                SignsClientAssertions(options, dependencies) ? () => keys.ClientSigner!.Algorithm : null,
                keys.ProofKey?.Signer.Algorithm),
            UsesCertificate = keys.Certificate is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
        };

    private static bool SignsClientAssertions(JwtGrantOptions options, ClientDependencies dependencies) => !dependencies.ClientAssertion.IsGiven
        && options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion.TokenFile: null };

    private static ClientAuthentication Authentication(JwtGrantOptions options, AssertionProvider? assertions)
    {
        var clientId = options.SendClientId ? options.ClientId : null;
        return options.ClientAuthentication switch
        {
            ClientAuthenticationMethod.PrivateKeyJwt => new PrivateKeyJwt(assertions!, clientId),
            ClientAuthenticationMethod.ClientSecretBasic => new ClientSecretBasic(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.ClientSecretPost => new ClientSecretPost(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.JwtAsClientSecret => new JwtAsClientSecret(assertions!, options.ClientId!),
            ClientAuthenticationMethod.MutualTls => new MutualTls(options.ClientId!),
            _ => new NoClientAuthentication(clientId),
        };
    }

    private static ClientSecret Secret(JwtGrantOptions options) => ClientSecret.From(options.ClientSecretSource);
}
