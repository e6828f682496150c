using JwtGrantClient.Diagnostics;
using JwtGrantClient.DPoP;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>The parts of a client that communicate with the authorization server.</summary>
internal sealed record ComposedEndpoint(
    TokenEndpointClient Tokens,
    RevocationClient Revocation,
    TokenRequestPipeline Pipeline,
    AssertionProvider? ClientAssertions,
    DPoPProofs? Proofs,
    TokenEndpointTransport Transport);

/// <summary>Composes the parts that communicate with the authorization server: endpoints, connections and client authentication.</summary>
internal static class EndpointComposition
{
    private static readonly TimeSpan DefaultTokenLifetime = TimeSpan.FromMinutes(5);

#pragma warning disable CA2000 // The transport owns its handler, and the composed client owns the transport.
    /// <exception cref="JwtGrantException">The client secret is missing, or the algorithm of a signer is not supported.</exception>
    public static ComposedEndpoint Create(string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, ComposedInputs inputs)
    {
        var transport = CreateTransport(options, dependencies, keys);
        var (assertions, onAssertionRejected) = AssertionComposition.Create(options, dependencies, keys, inputs);
        var authentication = CreateAuthentication(options, assertions, keys);
        var locator = CreateLocator(options, dependencies, keys, transport, authentication);
        var proofs = keys.ProofKey is { } key ? new DPoPProofs(key, keys.Clock, keys.Ids) { Metrics = dependencies.Metrics } : null;
        var rules = new ResponseRules(options.DefaultTokenLifetime ?? DefaultTokenLifetime, options.DefaultTokenType)
        {
            Proof = proofs,
            MaxMembersSize = options.MaxMembersSize,
            UsesIdToken = options.UseIdToken,
        };
        var sender = new RequestSender(name, options.TokenEndpoint ?? options.Issuer!, () => locator.LastTokenEndpoint)
        {
            UsesMutualTls = options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
            SignsClientAssertions = options.ClientAssertion.TokenFile is null && inputs.ClientAssertion is null && dependencies.ClientAssertion.Value is null,
            Subject = options.Assertion.Subject,
            KnownErrors = options.FindKnownErrors(),
        };
        var revocationSender = sender with { FindEndpoint = () => locator.LastRevocationEndpoint };
        var clientInputs = inputs.ToClientInputs();
        KeyValuePair<string, string>[] headers = [.. options.Headers];
        var pipeline = CreatePipeline(options.TokenEndpoint ?? options.Issuer!, sender, dependencies.Metrics);
        return new(
            new(locator, authentication, transport, pipeline, rules, proofs, sender, clientInputs, options.RequestEncoding) { Headers = headers },
            // With limits of its own: a revocation endpoint that fails says nothing about the token endpoint.
            new(
                locator, authentication, transport,
                CreatePipeline($"the revocation endpoint of {options.Issuer ?? options.RevocationEndpoint ?? options.TokenEndpoint}", revocationSender, metrics: null),
                revocationSender, clientInputs) { Headers = headers },
            pipeline,
            assertions,
            proofs,
            transport);

        TokenRequestPipeline CreatePipeline(string endpoint, RequestSender sender, ClientMetrics? metrics) => new(
            options.Retry.Copy(), dependencies.Time, dependencies.Random, dependencies.Logger, dependencies.RetryPipeline.Value,
            dependencies.EndpointLimits.Get(endpoint, options.EndpointLimits, dependencies.Time, dependencies.Random, dependencies.Logger),
            options.ClientId,
            sender,
            OnAssertionRejected)
        {
            ServerClock = keys.Clock,
            Metrics = metrics,
        };

        void OnAssertionRejected()
        {
            keys.Signer?.OnAssertionRejected();
            onAssertionRejected?.Invoke();
        }
    }

    // The built-in handler presents the client certificate. A handler that the application configures must present its own, and decides
    // itself whom it trusts.
    public static TokenEndpointTransport CreateTransport(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        if (dependencies.TokenEndpointHandler.Value is { } handler)
            return new(handler, dependencies.Time, options.Retry.MaxRetryAfter) { UserAgent = options.UserAgent, ServerClock = keys.Clock };
        var trusted = options.TrustedCertificates is { } path ? new TrustedCertificates(path, dependencies.Time, dependencies.Logger) : null;
        var connections = dependencies.Connections is { } shared
            ? shared.Get(
                new(options.TokenEndpoint ?? options.Issuer!), keys.Certificate, trusted is null ? null : shared.Share(trusted), dependencies.Time, options.Retry.ConnectTimeout)
            : TokenEndpointConnections.Create(keys.Certificate, trusted, new(dependencies.Time, options.Retry.ConnectTimeout));
        return new(connections, dependencies.Time, options.Retry.MaxRetryAfter, ownsConnections: dependencies.Connections is null) { UserAgent = options.UserAgent, ServerClock = keys.Clock };
    }
#pragma warning restore CA2000

    private static EndpointLocator CreateLocator(
        JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, TokenEndpointTransport transport, ClientAuthentication authentication) =>
        new(
            options.Issuer is { } issuer
                ? new MetadataDiscovery(
                    IssuerMetadata.Share(issuer, options.AllowLoopbackHttp, transport, dependencies.Time, dependencies.Logger),
                    new(options.TokenEndpointOrigins),
                    dependencies.Logger)
                : null,
            options.TokenEndpoint,
            options.RevocationEndpoint)
        {
            Client = new(
                authentication.MetadataNames,
                SignsClientAssertions(options, dependencies) ? () => keys.ClientSigner!.Algorithm : null,
                keys.ProofKey?.Signer.Algorithm),
            UsesCertificate = keys.Certificate is not null || options.ClientAuthentication == ClientAuthenticationMethod.MutualTls,
        };

    private static bool SignsClientAssertions(JwtGrantOptions options, ClientDependencies dependencies) => !dependencies.ClientAssertion.IsSet
        && options is { ClientAuthentication: ClientAuthenticationMethod.PrivateKeyJwt, ClientAssertion: { TokenFile: null, From: null } };

    private static ClientAuthentication CreateAuthentication(JwtGrantOptions options, AssertionProvider? assertions, ClientKeys keys)
    {
        var clientId = options.SendClientId ? options.ClientId : null;
#pragma warning disable CS8524 // OptionsChecks rejects undefined values. Without a discard arm, a value that has no case is an error (CS8509).
        return options.ClientAuthentication switch
        {
            ClientAuthenticationMethod.None => new NoClientAuthentication(clientId),
            ClientAuthenticationMethod.PrivateKeyJwt => new PrivateKeyJwt(assertions!, clientId),
            ClientAuthenticationMethod.ClientSecretBasic => new ClientSecretBasic((options.ClientId ?? keys.Owner)!, CreateSecret(options, keys)),
            ClientAuthenticationMethod.ClientSecretPost => new ClientSecretPost((options.ClientId ?? keys.Owner)!, CreateSecret(options, keys)),
            ClientAuthenticationMethod.JwtAsClientSecret => new JwtAsClientSecret(assertions!, options.ClientId!),
            ClientAuthenticationMethod.MutualTls => new MutualTls(options.ClientId!),
        };
#pragma warning restore CS8524
    }

    // A configured secret overrides that of the key file, which is read again when the file changes.
    private static ClientSecret CreateSecret(JwtGrantOptions options, ClientKeys keys) => !options.ClientSecretSource.IsSet && keys.Account is { ClientSecret: not null }
        ? ClientSecret.FromKeyFile(() => keys.Account?.ClientSecret)
        : ClientSecret.From(options.ClientSecretSource);
}
