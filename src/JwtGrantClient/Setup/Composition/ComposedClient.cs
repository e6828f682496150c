using JwtGrantClient.Caching;
using JwtGrantClient.Revocation;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Setup;

/// <summary>A client with all its parts. It owns the token endpoint transport.</summary>
internal sealed class ComposedClient(string name, TokenEndpointTransport? transport) : IDisposable, IAsyncDisposable
{
    public required CachedTokenSource Tokens { get; init; }

    public required ITokenEndpoint? TokenEndpoint { private get; init; }

    /// <exception cref="JwtGrantException">The client has no token endpoint.</exception>
    public ITokenEndpoint Endpoint => TokenEndpoint ?? throw JwtGrantException.Configuration(
        "no_token_endpoint",
        $"The client '{name}' has no token endpoint, because its tokens come from UseTokenSource or are self-signed. Use another client for requests to a token endpoint.");

    public required TokenRevocation Revocation { get; init; }

    public required ClientDescription Description { private get; init; }

    public required ClientKeys Keys { private get; init; }

    /// <summary>Gets what determines whose tokens the client gets, for a client that sends these tokens and shares its own with other processes.</summary>
    public ClientIdentity Identity => field ??= IdentityComposition.Create(name, Description.Options, Description.Dependencies, Keys);

    /// <summary>Gets the type of the client's tokens (RFC 8693 section 3).</summary>
    public required string TokenType { get; init; }

    /// <summary>
    /// Gets the type of the tokens if the client requests them for another authorization server: an ID-JAG, or a JWT (identity chaining). Null for other tokens.
    /// </summary>
    public string? TypeForOtherServer { get; init; }

    /// <summary>Gets whether the token requests of the client have a DPoP proof.</summary>
    public bool HasProofs { get; init; }

    public required bool AllowLoopbackHttp { get; init; }

    /// <summary>Gets whether <see cref="DisposeAsync"/> revokes the cached tokens.</summary>
    public required bool RevokeOnDispose { get; init; }

    public required IAssertionSource? ClientAssertions { private get; init; }

    /// <summary>Gets or sets the time without a use after which the client is released; null if it is kept until the container is disposed.</summary>
    public TimeSpan? IdleTime { get; set; }

    /// <summary>Gets or sets when the client was last requested from its container, as a timestamp of the <see cref="TimeProvider"/>.</summary>
    public long LastUsed { get; set; }

    /// <summary>Gets the objects that an application can hold.</summary>
    public IEnumerable<object> Parts
    {
        get
        {
            yield return Tokens;
            yield return Revocation;
            if (TokenEndpoint is not null)
                yield return TokenEndpoint;
            if (ClientAssertions is not null)
                yield return ClientAssertions;
        }
    }

    /// <exception cref="JwtGrantException">The client does not authenticate with an assertion.</exception>
    public IAssertionSource Assertions => ClientAssertions ?? throw JwtGrantException.Configuration(
        "no_client_assertion",
        $"The client '{name}' has no client assertions, because its ClientAuthentication is neither PrivateKeyJwt nor JwtAsClientSecret. Set ClientAuthentication to PrivateKeyJwt.");

    public void Dispose()
    {
        Tokens.Dispose();
        transport?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (RevokeOnDispose)
            await Revocation.RevokeAllAsync().ConfigureAwait(false);
        Dispose();
    }
}
