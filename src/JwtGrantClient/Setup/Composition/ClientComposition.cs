using JwtGrantClient.Assertions;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Revocation;
using JwtGrantClient.Sources;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// Composes a client from validated options. Start reading here: this class connects all parts of a client. Each part gets a copy of the
/// options that it needs.
/// </summary>
internal static class ClientComposition
{
#pragma warning disable CA2000 // The returned client owns and disposes the objects that are created here.
    /// <exception cref="JwtGrantException">The key could not be read, or the algorithm of a signer is not supported.</exception>
    public static ComposedClient Compose(string name, JwtGrantOptions options, ClientDependencies dependencies, TokenMetrics meter)
    {
        var metrics = dependencies.Metrics = CreateMetrics(name, options, dependencies, meter);
        var keys = ClientKeys.Create(options, dependencies);
        var client = dependencies.TokenSource.Value is { } source
                ? ComposeWithoutEndpoint(name, options, dependencies, keys, _ => new UserTokenSource(source))
            : options.Grant == GrantType.SelfSigned && options.DeclareRequest() is { } declared
                ? ComposeDeclared(name, options, dependencies, keys, declared)
            : options.Grant == GrantType.SelfSigned
                ? ComposeWithoutEndpoint(name, options, dependencies, keys, pipeline => CreateSelfSigned(options, dependencies, keys, pipeline))
            : ComposeWithEndpoint(name, options, dependencies, keys);
        metrics.ReadKeys = CreateKeyReader(keys, dependencies.Time);
        // Only now: a client that could not be composed has no metrics.
        meter.Add(metrics);
        return client;
    }

    private static ComposedClient ComposeWithEndpoint(
        string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys)
    {
        var inputs = InputComposition.Create(name, options, dependencies, keys);
        var server = EndpointComposition.Create(name, options, dependencies, keys, inputs);
        var defaults = Defaults(options);
        ITokenAcquirer source = new TokenEndpointSource(
            server.Tokens, GrantComposition.Create(options, dependencies, keys, inputs, server.Transport), defaults, new GrantedScopes(name, dependencies.Logger))
        {
            ScopeClaim = ScopeComposition.Create(options, defaults),
            OtherTokenType = TypeOfTokens(options) is var type && type == TokenTypes.AccessToken ? null : type,
        };
        if (options.DeclareRequest() is { } declared)
            source = DeclaredComposition.Create(name, options, dependencies, declared, new(Sign: null, source), server.Transport, onRejected: null).Source;
        var tokens = CacheComposition.Create(name, source, options, dependencies, keys, server.Pipeline, server.Proofs);
        var pipeline = server.Pipeline;
        dependencies.Metrics!.ReadCircuit = () => pipeline.IsCircuitOpen;
        dependencies.Metrics.ReadClock = CreateClockReader(keys.Clock);
        return new(name, server.Transport)
        {
            Tokens = tokens,
            TokenEndpoint = server.Tokens,
            Revocation = new TokenRevocation(name, tokens, server.Revocation, dependencies.Time, dependencies.Logger)
            {
                Inputs = [.. inputs.SubjectClients.ConvertAll(client => client.Revocation)],
            },
            ClientAssertions = server.ClientAssertions is { } assertions ? new AssertionSource(name, assertions, options.Issuer) : null,
            Description = new(options, dependencies),
            Keys = keys,
            TokenType = type,
            TypeForOtherServer = options.Grant == GrantType.TokenExchange && type is TokenTypes.IdJag or TokenTypes.Jwt ? type : null,
            HasProofs = keys.ProofKey is not null,
            AllowLoopbackHttp = options.AllowLoopbackHttp,
            // Other processes use the tokens of a shared store.
            RevokeOnDispose = options.RevokeOnDispose && dependencies.Sharing is null,
        };
    }

    private static ComposedClient ComposeWithoutEndpoint(
        string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, Func<TokenRequestPipeline, ITokenAcquirer> createSource)
    {
        var pipeline = new TokenRequestPipeline(
            options.Retry.Copy(), dependencies.Time, dependencies.Random, dependencies.Logger, dependencies.RetryPipeline.Value,
            sender: new RequestSender(name, Server: null, () => null))
        {
            Metrics = dependencies.Metrics,
        };
        return ComposeWithoutEndpoint(name, options, dependencies, keys, pipeline, createSource(pipeline), transport: null);
    }

    private static ComposedClient ComposeDeclared(
        string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, DeclaredRequest declared)
    {
        var transport = EndpointComposition.CreateTransport(options, dependencies, keys);
        var (source, pipeline) = DeclaredComposition.Create(
            name, options, dependencies, declared, new(CreateJwts(options, dependencies, keys).ProvideAsync, Earlier: null), transport, keys.Signer!.OnAssertionRejected, keys.Clock);
        return ComposeWithoutEndpoint(name, options, dependencies, keys, pipeline, source, transport);
    }

    private static ComposedClient ComposeWithoutEndpoint(
        string name, JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, TokenRequestPipeline pipeline, ITokenAcquirer source,
        TokenEndpointTransport? transport)
    {
        var tokens = CacheComposition.Create(name, source, options, dependencies, keys, pipeline, proofs: null);
        return new(name, transport)
        {
            Tokens = tokens,
            TokenEndpoint = null,
            Revocation = new TokenRevocation(name, tokens, endpoint: null, dependencies.Time, dependencies.Logger),
            ClientAssertions = null,
            Description = new(options, dependencies),
            Keys = keys,
            TokenType = transport is null ? TypeOfTokens(options) : TokenTypes.AccessToken,
            AllowLoopbackHttp = options.AllowLoopbackHttp,
            RevokeOnDispose = false,
        };
    }
#pragma warning restore CA2000

    private static SelfSignedTokenSource CreateSelfSigned(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys, TokenRequestPipeline pipeline) =>
        new(CreateJwts(options, dependencies, keys), keys.Signer!, pipeline, ScopeComposition.Create(options, Defaults(options)));

    // The JWTs that are access tokens.
    private static AssertionFactory CreateJwts(JwtGrantOptions options, ClientDependencies dependencies, ClientKeys keys) =>
        new(GrantComposition.CreateProfile(options, keys), keys.Signer!, keys.Clock, keys.Ids, dependencies.EditAssertion) { Metrics = dependencies.Metrics };

    private static ClientMetrics CreateMetrics(string name, JwtGrantOptions options, ClientDependencies dependencies, TokenMetrics meter) =>
        new(meter, name, dependencies.Time)
        {
            Grant = dependencies.TokenSource.IsSet ? "token_source" : options.Grant switch
            {
                GrantType.JwtBearer => "jwt_bearer",
                GrantType.ClientCredentials => "client_credentials",
                GrantType.TokenExchange => "token_exchange",
                GrantType.Saml2Bearer => "saml2_bearer",
                _ => "self_signed",
            },
            Server = (options.Issuer ?? options.TokenEndpoint) is { } server ? new Uri(server).Host : null,
        };

    // A method of its own, so that the function keeps neither the options nor the dependencies.
    private static Func<IReadOnlyList<KeyReading>> CreateKeyReader(ClientKeys keys, TimeProvider time) => () => keys.Read(time);

    private static Func<ClockReading> CreateClockReader(ServerClock clock) => () => new(clock.Ahead, clock.Correction);

    private static string TypeOfTokens(JwtGrantOptions options) => options.Grant switch
    {
        _ when options.UseIdToken => TokenTypes.IdToken,
        GrantType.TokenExchange => options.TokenExchange.RequestedTokenType ?? TokenTypes.AccessToken,
        GrantType.SelfSigned => TokenTypes.Jwt,
        _ => TokenTypes.AccessToken,
    };

    /// <summary>Returns the values that a token request uses if it does not set its own.</summary>
    public static TokenRequest Defaults(JwtGrantOptions options) => new()
    {
        Scope = options.Scope,
        Resource = [.. options.Resource],
        AuthorizationDetails = options.AuthorizationDetails,
        Parameters = options.Parameters.AsReadOnly(),
    };
}
