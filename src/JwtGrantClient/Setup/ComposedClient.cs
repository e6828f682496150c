using JwtGrantClient.Caching;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>One client, whole.</summary>
internal sealed class ComposedClient(
    string name, CachedTokenSource tokens, ITokenEndpoint endpoint, IAssertionSource? assertions, TokenEndpointTransport transport, bool allowLoopbackHttp)
    : IDisposable
{
    public CachedTokenSource Tokens => tokens;

    public ITokenEndpoint Endpoint => endpoint;

    public required RevocationClient Revocation { get; init; }

    public bool AllowLoopbackHttp => allowLoopbackHttp;

    /// <exception cref="JwtGrantException">The client does not authenticate by an assertion.</exception>
    public IAssertionSource Assertions => assertions ?? throw JwtGrantException.Configuration(
        "no_client_assertion",
        $"The client '{name}' makes no client assertions: its ClientAuthentication is None. Set it to PrivateKeyJwt.");

    public void Dispose()
    {
        tokens.Dispose();
        transport.Dispose();
    }
}
