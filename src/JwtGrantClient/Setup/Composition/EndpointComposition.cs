using JwtGrantClient.DPoP;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>A client's side of its authorization server.</summary>
internal sealed record ComposedEndpoint(
    TokenEndpointClient Tokens,
    RevocationClient Revocation,
    AssertionProvider? ClientAssertions,
    DPoPProofs? Proofs,
    TokenEndpointTransport Transport);

/// <summary>How a client talks to its authorization server: where, over which connections, and by what it proves who it is.</summary>
internal static class EndpointComposition
{
    private static readonly TimeSpan DefaultTokenLifetime = TimeSpan.FromMinutes(5);

#pragma warning disable CA2000 // The transport owns its handler, and the client that is composed owns the transport.
    /// <exception cref="JwtGrantException">The client's secret is missing, or a signer's algorithm is refused.</exception>
    public static ComposedEndpoint Create(JwtGrantOptions options, Surroundings around, ClientKeys keys)
    {
        var transport = Transport(options, around, keys.Certificate);
        var (assertions, assertionRefused) = AssertionComposition.ForClient(options, around, keys);
        var authentication = Authentication(options, assertions);
        var locator = Locator(options, around, keys, transport, authentication);
        var retry = around.Retry ?? new RetryRule(RetrySettings.Of(options.Retry), around.Time, Surroundings.Uniform, around.Logger);
        var proofs = keys.ProofKey is { } key ? new DPoPProofs(key, around.Time, keys.Ids) : null;
        var rules = new ResponseRules(options.DefaultTokenLifetime ?? DefaultTokenLifetime, options.DefaultTokenType) { Proof = proofs };
        return new(
            new(locator, authentication, transport, retry, rules, around.Time, KeysRefused, proofs),
            new(locator, authentication, transport, retry, around.Time, KeysRefused),
            assertions,
            proofs,
            transport);

        void KeysRefused()
        {
            keys.Signer?.OnAssertionRejected();
            assertionRefused?.Invoke();
        }
    }

    // The connections show the client's certificate where it has one. A handler of the user's own brings its own.
    private static TokenEndpointTransport Transport(JwtGrantOptions options, Surroundings around, ClientCertificate? certificate) =>
        new(around.TokenEndpointHandler ?? TokenEndpointTransport.CreateHandler(certificate), around.Time)
        {
            MaxRetryAfter = options.Retry.MaxRetryAfter,
        };
#pragma warning restore CA2000

    private static EndpointLocator Locator(
        JwtGrantOptions options, Surroundings around, ClientKeys keys, TokenEndpointTransport transport, ClientAuthentication authentication) =>
        new(
            options.Issuer is { } issuer
                ? new MetadataDiscovery(issuer, options.AllowLoopbackHttp, transport, around.Time, around.Logger)
                : null,
            options.TokenEndpoint,
            options.RevocationEndpoint)
        {
            Client = new(
                authentication.Names,
                SignsClientAssertions(options, around) ? () => keys.ClientSigner!.Algorithm : null,
                keys.ProofKey?.Signer.Algorithm),
            ShowsCertificate = keys.Certificate is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
        };

    private static bool SignsClientAssertions(JwtGrantOptions options, Surroundings around) => around.ClientAssertion is null
        && options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion.TokenFile: null };

    private static ClientAuthentication Authentication(JwtGrantOptions options, AssertionProvider? assertions)
    {
        var clientId = options.SendClientId ? options.ClientId : null;
        return options.ClientAuthentication switch
        {
            ClientAuthenticationMethod.PrivateKeyJwt => new ClientAuthentication.PrivateKeyJwt(assertions!, clientId),
            ClientAuthenticationMethod.ClientSecretBasic => new ClientAuthentication.ClientSecretBasic(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.ClientSecretPost => new ClientAuthentication.ClientSecretPost(options.ClientId!, Secret(options)),
            ClientAuthenticationMethod.JwtAsClientSecret => new ClientAuthentication.JwtAsClientSecret(assertions!, options.ClientId!),
            ClientAuthenticationMethod.MutualTls => new ClientAuthentication.MutualTls(options.ClientId!),
            _ => new ClientAuthentication.None(clientId),
        };
    }

    private static ClientSecret Secret(JwtGrantOptions options) =>
        ClientSecret.Of(options.ClientSecret, options.ClientSecretEnvironmentVariable, options.ClientSecretFile);
}
