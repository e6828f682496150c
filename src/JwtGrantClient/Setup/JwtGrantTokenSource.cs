using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient;

/// <summary>
/// A client without dependency injection. It caches tokens, so create one instance per client and use it until the process ends. Safe for
/// concurrent use.
/// </summary>
public sealed class JwtGrantTokenSource : ITokenSource, ITokenStatusProvider, ITokenRejectionListener, IAsyncDisposable
{
    private readonly ComposedClient _client;
    private readonly ClientDescription _description;
    private readonly CachedTokenSource _tokens;
    private readonly TokenMetrics _metrics;

    private JwtGrantTokenSource(ComposedClient client, ClientDescription description, TokenMetrics metrics)
    {
        (_client, _description) = (client, description);
        // A field, because every call reads it.
        _tokens = client.Tokens;
        _metrics = metrics;
    }

    /// <summary>Gets the token endpoint, which exchanges any grant once, with the client's authentication and without the cache.</summary>
    public ITokenEndpoint Endpoint => _client.Endpoint;

    /// <summary>Gets the revocation of tokens (RFC 7009).</summary>
    public ITokenRevocation Revocation => _client.Revocation;

    /// <summary>Gets the source of client assertions, for code that sends its own token requests (RFC 7523 section 2.2).</summary>
    /// <exception cref="JwtGrantException">The client does not authenticate with an assertion.</exception>
    public IAssertionSource Assertions => _client.Assertions;

    /// <summary>Validates the options, reads the key and creates a client. No request is sent.</summary>
    /// <param name="options">The options, which are copied.</param>
    /// <param name="signer">Signs assertions instead of <see cref="JwtGrantOptions.SigningKey"/>. Default: null.</param>
    /// <param name="tokenEndpointHandler">
    /// Sends token requests instead of the built-in handler, and is disposed with the client. It must not follow redirects and must not
    /// retry. Default: null.
    /// </param>
    /// <param name="timeProvider">The clock. Default: <see cref="TimeProvider.System"/>.</param>
    /// <param name="loggerFactory">Creates the logger, whose category is <c>JwtGrantClient</c>. Default: nothing is logged.</param>
    /// <param name="clients">
    /// The clients whose tokens the client uses, by the names in its settings, such as <see cref="AssertionOptions.From"/>. They are not disposed with it.
    /// Default: none.
    /// </param>
    /// <returns>The client. Dispose it when it is no longer used.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="JwtGrantException">The options are not valid. The message lists every problem.</exception>
    /// <example>
    /// <code>
    /// await using var tokens = JwtGrantTokenSource.Create(new JwtGrantOptions
    /// {
    ///     Issuer = "https://as.example.com",
    ///     ClientId = "batch-worker",
    ///     Scope = "reports.read",
    ///     SigningKey = { Path = "keys/batch.pem", KeyId = "2026-11" },
    /// });
    /// AccessToken token = await tokens.GetTokenAsync();
    /// </code>
    /// </example>
    public static JwtGrantTokenSource Create(
        JwtGrantOptions options,
        IJwtSigner? signer = null,
        HttpMessageHandler? tokenEndpointHandler = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null,
        IReadOnlyDictionary<string, JwtGrantTokenSource>? clients = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var dependencies = new ClientDependencies
        {
            Time = timeProvider ?? TimeProvider.System,
            Logger = NonThrowingLogger.Create(loggerFactory),
            Clients = clients is null ? null : new(clients.Keys, name => clients.GetValueOrDefault(name)?._description, name => clients[name]._client),
        };
        dependencies.Signer.Use(signer);
        dependencies.TokenEndpointHandler.Use(tokenEndpointHandler);
        var problems = OptionsChecks.Find(options, dependencies).ToList();
        if (problems.Count > 0)
            throw JwtGrantException.Configuration("settings_invalid", string.Join('\n', problems));
        var metrics = TokenMetrics.Create(factory: null);
#pragma warning disable CA2000 // The token source disposes its client.
        return new(ClientComposition.Compose("", options, dependencies, metrics), new(options, dependencies), metrics);
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
        _tokens.GetTokenAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default) =>
        _tokens.InvalidateAsync(request, rejected, cancellationToken);

    /// <inheritdoc/>
    public TokenStatus GetStatus(TokenRequest? request = null) => _tokens.GetStatus(request);

    ValueTask<AccessToken?> ITokenRejectionListener.ReplaceAsync(
        TokenRequest request, AccessToken rejected, bool callerWaits, CancellationToken cancellationToken) =>
        _tokens.ReplaceAsync(request, rejected, callerWaits, cancellationToken);

    /// <summary>
    /// Cancels pending acquisitions and closes the connections. If <see cref="JwtGrantOptions.RevokeOnDispose"/> is set, revokes the cached
    /// tokens first.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }
}
