using System.Diagnostics.Metrics;
using JwtGrantClient.Assertions;
using JwtGrantClient.Revocation;
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
    public static ComposedClient Compose(string name, JwtGrantOptions options, ClientDependencies dependencies, Meter meter)
    {
        var keys = ClientKeys.Create(options, dependencies);
        var inputs = InputComposition.Create(name, options, dependencies);
        var server = EndpointComposition.Create(name, options, dependencies, keys, inputs);
        var source = new TokenEndpointSource(
            server.Tokens, GrantComposition.Create(options, dependencies, keys, inputs), Defaults(options), new GrantedScopes(name, dependencies.Logger))
        {
            OtherTokenType = IsAccessToken(options) ? null : options.TokenExchange.RequestedTokenType,
        };
        var identity = IdentityComposition.Create(name, options, dependencies, keys);
        var tokens = CacheComposition.Create(name, source, options, dependencies, identity, server, meter);
        return new(name, server.Transport)
        {
            Tokens = tokens,
            Endpoint = server.Tokens,
            Revocation = new TokenRevocation(name, tokens, server.Revocation, dependencies.Time, dependencies.Logger),
            ClientAssertions = server.ClientAssertions is { } assertions ? new AssertionSource(name, assertions, options.Issuer) : null,
            Identity = identity,
            TokenType = IsAccessToken(options) ? TokenTypes.AccessToken : options.TokenExchange.RequestedTokenType!,
            AllowLoopbackHttp = options.AllowLoopbackHttp,
            // Other processes use the tokens of a shared store.
            RevokeOnDispose = options.RevokeOnDispose && !dependencies.SharedTokenStore.IsSet,
        };
    }
#pragma warning restore CA2000

    private static bool IsAccessToken(JwtGrantOptions options) =>
        options is not { Grant: GrantType.TokenExchange, TokenExchange.RequestedTokenType: not (null or TokenTypes.AccessToken) };

    /// <summary>Returns the values that a token request uses if it does not set its own.</summary>
    public static TokenRequest Defaults(JwtGrantOptions options) => new()
    {
        Scope = options.Scope,
        Resource = [.. options.Resource],
        Parameters = options.Parameters.AsReadOnly(),
    };
}
