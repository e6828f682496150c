using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Setup;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient;

/// <summary>A client without a container. Make one for the life of the process: it keeps the tokens.</summary>
public sealed class JwtGrantTokenSource : ITokenSource, IAsyncDisposable
{
    private readonly ComposedClient _client;
    private readonly CachedTokenSource _tokens;
    private readonly Meter _meter;

    private JwtGrantTokenSource(ComposedClient client, Meter meter)
    {
        _client = client;
        // At hand, because it is what every call goes to.
        _tokens = client.Tokens;
        _meter = meter;
    }

    /// <summary>One-off exchanges with the client's authentication.</summary>
    public ITokenEndpoint Endpoint => _client.Endpoint;

    /// <summary>Ends tokens before their time.</summary>
    public ITokenRevocation Revocation => _client.Revocation;

    /// <summary>The client-authentication assertion alone.</summary>
    /// <exception cref="JwtGrantException">The client does not authenticate by an assertion.</exception>
    public IAssertionSource Assertions => _client.Assertions;

    /// <summary>Checks the settings, reads the key and makes a client. Nothing is sent yet.</summary>
    /// <param name="options">The settings; copied.</param>
    /// <param name="signer">Signs in place of <see cref="JwtGrantOptions.SigningKey"/>.</param>
    /// <param name="tokenEndpointHandler">
    /// Sends the token requests in place of the built-in handler, and is disposed with the client. It must not follow redirects and must
    /// not retry.
    /// </param>
    /// <param name="timeProvider">The clock. Default: the system's.</param>
    /// <param name="loggerFactory">Gets the category <c>JwtGrantClient</c>. Default: nothing is logged.</param>
    /// <exception cref="JwtGrantException">The settings are wrong; the message lists every problem.</exception>
    public static JwtGrantTokenSource Create(
        JwtGrantOptions options,
        IJwtSigner? signer = null,
        HttpMessageHandler? tokenEndpointHandler = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var dependencies = new ClientDependencies
        {
            Time = timeProvider ?? TimeProvider.System,
            Logger = loggerFactory?.CreateLogger(Log.Category) ?? NullLogger.Instance,
        };
        dependencies.Signer.Use(signer);
        dependencies.TokenEndpointHandler.Use(tokenEndpointHandler);
        var problems = OptionsChecks.Find(options, dependencies).ToList();
        if (problems.Count > 0)
            throw JwtGrantException.Configuration("settings_invalid", string.Join('\n', problems));
        var meter = new Meter(TokenMetrics.MeterName);
        return new(ClientComposition.Compose("", options, dependencies, meter), meter);
    }

    /// <inheritdoc/>
    public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
        _tokens.GetTokenAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask InvalidateAsync(TokenRequest request, AccessToken rejected, CancellationToken cancellationToken = default) =>
        _tokens.InvalidateAsync(request, rejected, cancellationToken);

    /// <summary>
    /// Revokes what is kept, where <see cref="JwtGrantOptions.RevokeOnDispose"/> says so; ends what is under way and closes the
    /// connections.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
    }
}
