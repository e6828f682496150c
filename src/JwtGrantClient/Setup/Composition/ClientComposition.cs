using System.Diagnostics.Metrics;
using JwtGrantClient.Assertions;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>
/// From checked settings to a working client: the one place that knows how the steps are put together (open first). Every step gets its
/// own immutable part of the settings.
/// </summary>
internal static class ClientComposition
{
#pragma warning disable CA2000 // What is made here is owned, and disposed, by the client that is returned.
    /// <exception cref="JwtGrantException">The key could not be read, or a signer's algorithm is refused.</exception>
    public static ComposedClient Compose(string name, JwtGrantOptions options, ClientDependencies dependencies, Meter meter)
    {
        var keys = ClientKeys.Create(options, dependencies);
        var server = EndpointComposition.Create(options, dependencies, keys);
        var source = new TokenEndpointSource(server.Tokens, GrantComposition.Create(options, dependencies, keys), Defaults(options));
        var tokens = CacheComposition.Create(name, source, options, dependencies, keys, server, meter);
        return new(name, server.Transport)
        {
            Tokens = tokens,
            Endpoint = server.Tokens,
            Revocation = new TokenRevocation(name, tokens, server.Revocation, dependencies.Time, dependencies.Logger),
            ClientAssertions = server.ClientAssertions is { } assertions ? new AssertionSource(assertions, options.Issuer) : null,
            AllowLoopbackHttp = options.AllowLoopbackHttp,
            // What is shared is in use elsewhere.
            RevokeOnDispose = options.RevokeOnDispose && !dependencies.SharedTokenStore.IsGiven,
        };
    }
#pragma warning restore CA2000

    /// <summary>What a request is completed by where it names nothing of its own.</summary>
    public static TokenRequest Defaults(JwtGrantOptions options) => new()
    {
        Scope = options.Scope,
        Resource = [.. options.Resource],
        Parameters = options.Parameters.AsReadOnly(),
    };
}
