using JwtGrantClient.Caching;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>One client, whole.</summary>
internal sealed class ComposedClient(string name, TokenEndpointTransport transport) : IDisposable, IAsyncDisposable
{
    public required CachedTokenSource Tokens { get; init; }

    public required ITokenEndpoint Endpoint { get; init; }

    public required TokenRevocation Revocation { get; init; }

    public required bool AllowLoopbackHttp { get; init; }

    /// <summary>Whether what is kept is revoked at the end.</summary>
    public required bool RevokeOnDispose { get; init; }

    public required IAssertionSource? ClientAssertions { private get; init; }

    /// <exception cref="JwtGrantException">The client does not authenticate by an assertion.</exception>
    public IAssertionSource Assertions => ClientAssertions ?? throw JwtGrantException.Configuration(
        "no_client_assertion",
        $"The client '{name}' makes no client assertions: its ClientAuthentication is None. Set it to PrivateKeyJwt.");

    public void Dispose()
    {
        Tokens.Dispose();
        transport.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (RevokeOnDispose)
            await Revocation.RevokeAllAsync().ConfigureAwait(false);
        Dispose();
    }
}
