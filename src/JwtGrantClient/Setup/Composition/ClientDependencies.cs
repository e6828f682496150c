using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace JwtGrantClient.Setup;

/// <summary>
/// Everything that a client gets by code and not by configuration: what the application gives with the Use methods, and time, logger and
/// random source. The one list of these.
/// </summary>
internal sealed class ClientDependencies(IServiceProvider? services = null)
{
    public TimeProvider Time { get; init; } = services?.GetService<TimeProvider>() ?? TimeProvider.System;

    public ILogger Logger { get; init; } = services?.GetService<ILoggerFactory>()?.CreateLogger(Log.Category) ?? NullLogger.Instance;

    /// <summary>Uniform in [0, 1): spreads refreshes and retries. From the system's generator, which needs no seed and no lock.</summary>
    public Func<double> Random { get; } = static () => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    public Dependency<IJwtSigner> Signer { get; } = new("UseSigner", services);

    public Dependency<AssertionProvider> GrantAssertion { get; } = new("UseGrantAssertion", services);

    public Dependency<AssertionProvider> ClientAssertion { get; } = new("UseClientAssertion", services);

    public Dependency<AssertionProvider> SubjectToken { get; } = new("UseSubjectToken", services);

    public Dependency<AssertionProvider> ActorToken { get; } = new("UseActorToken", services);

    public Dependency<X509Certificate2> ClientCertificate { get; } = new("UseClientCertificate", services);

    public Dependency<HttpMessageHandler> TokenEndpointHandler { get; } = new("UseTokenEndpointHandler", services);

    public Dependency<ResiliencePipeline> RetryPipeline { get; } = new("UseRetryPipeline", services);

    public Dependency<ISharedTokenStore> SharedTokenStore { get; } = new("UseSharedTokenStore", services);

    /// <summary>Edits each assertion before it is signed; null for no edits.</summary>
    public Action<AssertionDraft>? EditAssertion { get; set; }

    /// <summary>Collects what was registered for one client, the later in place of the earlier. Nothing is created yet.</summary>
    public static ClientDependencies For(string? client, IEnumerable<ClientRegistration> registrations, IServiceProvider services)
    {
        var dependencies = new ClientDependencies(services);
        foreach (var registration in registrations)
            if (registration.Client is null || registration.Client == client)
                registration.Apply?.Invoke(dependencies);
        return dependencies;
    }
}

/// <summary>
/// What AddJwtGrantClient and its builder leave in the container: a client's name, or a dependency for it. Not named options, whose generic
/// types a native program has to build at its start.
/// </summary>
/// <param name="Client">The client's name; null for a dependency of every client.</param>
/// <param name="Apply">Sets the dependency; null for the name alone.</param>
internal sealed record ClientRegistration(string? Client, Action<ClientDependencies>? Apply = null);

/// <summary>One dependency that the application may give by code. It is created once, at its first use; for one thread.</summary>
/// <param name="method">The method that gives it, for error messages.</param>
/// <param name="services">Passed to the factory.</param>
internal sealed class Dependency<T>(string method, IServiceProvider? services)
    where T : class
{
    private Func<IServiceProvider, T>? _factory;
    private T? _value;

    /// <summary>Whether it is given.</summary>
    public bool IsGiven => _factory is not null || _value is not null;

    /// <summary>The dependency; null where it is not given.</summary>
    /// <exception cref="JwtGrantException">Its factory returned null.</exception>
    public T? Value => _value ??= _factory is null ? null : Create(_factory);

    /// <summary>Gives it by a factory.</summary>
    public void Use(Func<IServiceProvider, T> factory) => (_factory, _value) = (factory, null);

    /// <summary>Gives it as an object; null gives nothing.</summary>
    public void Use(T? value) => (_factory, _value) = (null, value);

    // A null must not fall back to the configured key or to the built-in part: the user believes that another one is in use.
    private T Create(Func<IServiceProvider, T> factory) => factory(services!) ?? throw JwtGrantException.Configuration(
        "part_missing", $"The function given to {method} returned null. Return the part, or do not call {method}.");
}
