using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;

namespace JwtGrantClient.Setup;

/// <summary>
/// The dependencies of a client that are configured in code and not in its options: those that the Use methods set, and the clock, the logger
/// and the random number generator.
/// </summary>
internal sealed class ClientDependencies(IServiceProvider? services = null)
{
    private readonly List<TokenFile> _tokenFiles = [];
    private readonly Dependency<ISharedTokenStore> _sharedTokenStore = new("UseSharedTokenStore", services);

    public TimeProvider Time { get; init; } = services?.GetService<TimeProvider>() ?? TimeProvider.System;

    public ILogger Logger { get; init; } = NonThrowingLogger.Create(services?.GetService<ILoggerFactory>());

    /// <summary>
    /// Gets the random number generator, uniform in [0, 1), which spreads refreshes and retries. It uses the system's generator, which needs no
    /// seed and no lock.
    /// </summary>
    public Func<double> Random { get; } = static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <summary>Gets the limits of the token endpoints, which the clients of a container share.</summary>
    public EndpointLimitRegistry EndpointLimits { get; } = services?.GetService<EndpointLimitRegistry>() ?? new();

    /// <summary>Gets or sets the clients whose tokens the client can use; null if there are none.</summary>
    public ClientDirectory? Clients { get; set; }

    /// <summary>Gets or sets the metrics of the client; null to measure and trace nothing.</summary>
    public ClientMetrics? Metrics { get; set; }

    /// <summary>Gets or sets the connections that the clients of a container share; null if the client has connections of its own.</summary>
    public SharedConnections? Connections { get; set; }

    public Dependency<IJwtSigner> Signer { get; } = new("UseSigner", services);

    public Dependency<AssertionProvider> GrantAssertion { get; } = new("UseGrantAssertion", services);

    public Dependency<AssertionProvider> ClientAssertion { get; } = new("UseClientAssertion", services);

    public Dependency<AssertionProvider> SubjectToken { get; } = new("UseSubjectToken", services);

    public Dependency<AssertionProvider> ActorToken { get; } = new("UseActorToken", services);

    public Dependency<ClientCertificate> ClientCertificate { get; } = new("UseClientCertificate", services);

    public Dependency<HttpMessageHandler> TokenEndpointHandler { get; } = new("UseTokenEndpointHandler", services);

    public Dependency<ITokenSource> TokenSource { get; } = new("UseTokenSource", services);

    public Dependency<ResiliencePipeline> RetryPipeline { get; } = new("UseRetryPipeline", services);

    /// <summary>Gets the sharing of tokens with other processes; null without it.</summary>
    public TokenSharing? Sharing { get; private set; }

    /// <summary>Gets or sets the callback that edits each assertion before it is signed; null for no edits.</summary>
    public Action<AssertionDraft>? EditAssertion { get; set; }

    /// <summary>Shares tokens with other processes.</summary>
    public void ShareTokens(Func<IServiceProvider, ISharedTokenStore> store)
    {
        _sharedTokenStore.Use(store);
        Sharing = new(_sharedTokenStore);
    }

    /// <summary>
    /// Opens the token file with a path, which is a token or, with a member, a JSON object that has one; null for no path. All parts of a client use the same
    /// object, so that it knows whose JWT was sent. Not safe for concurrent use.
    /// </summary>
    [return: NotNullIfNotNull(nameof(path))]
    public TokenFile? OpenTokenFile(string? path, string type, string? member = null)
    {
        if (path is null)
            return null;
        if (_tokenFiles.Find(file => file.Is(path, type, member)) is not { } file)
            _tokenFiles.Add(file = new(path, type, Time, member));
        return file;
    }

    /// <summary>Applies the registrations of a client in their order; a later one replaces an earlier one. No factory is called yet.</summary>
    public static ClientDependencies Create(string? client, IEnumerable<DependencyRegistration> registrations, IServiceProvider services)
    {
        var dependencies = new ClientDependencies(services) { Clients = ClientDirectory.Create(registrations, services) };
        foreach (var registration in registrations)
            if (registration.Client is null || registration.Client == client)
                registration.Apply?.Invoke(dependencies);
        return dependencies;
    }
}

/// <summary>
/// A registration that AddJwtGrantClient or its builder adds to the services: the name of a client, or one of its dependencies. Named options
/// would do the same, but their generic types slow down the startup of a native program.
/// </summary>
/// <param name="Client">The client's name; null for all clients.</param>
/// <param name="Apply">Sets the dependency; null if only the name is registered.</param>
internal sealed record DependencyRegistration(string? Client, Action<ClientDependencies>? Apply = null);

/// <summary>A dependency that may be configured in code. It is created once, at its first use. Not safe for concurrent use.</summary>
/// <param name="method">The method that configures it, for error messages.</param>
/// <param name="services">Passed to the factory.</param>
internal sealed class Dependency<T>(string method, IServiceProvider? services)
    where T : class
{
    private Func<IServiceProvider, T>? _factory;
    private T? _value;

    /// <summary>Gets whether the dependency is configured.</summary>
    public bool IsSet => _factory is not null || _value is not null;

    /// <summary>Gets the dependency; null if it is not configured.</summary>
    /// <exception cref="JwtGrantException">Its factory returned null.</exception>
    public T? Value => _value ??= _factory is null ? null : Create(_factory);

    /// <summary>Sets the factory of the dependency.</summary>
    public void Use(Func<IServiceProvider, T> factory) => (_factory, _value) = (factory, null);

    /// <summary>Sets the dependency itself; null means that it is not configured.</summary>
    public void Use(T? value) => (_factory, _value) = (null, value);

    // If a factory returns null, the built-in implementation must not be used instead: the application expects its own to be in use.
    private T Create(Func<IServiceProvider, T> factory) => factory(services!) ?? throw JwtGrantException.Configuration(
        "part_missing", $"The function passed to {method} returned null. Return an object, or do not call {method}.");
}
