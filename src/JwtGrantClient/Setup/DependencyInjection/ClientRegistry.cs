using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>
/// The clients of a container. Each client is composed at its first use and kept until the container is disposed, because IHttpClientFactory
/// replaces its handlers every two minutes and the cached tokens must outlive them. A client named at run time is released when it is idle.
/// </summary>
internal sealed class ClientRegistry(
    IServiceProvider services, IEnumerable<DependencyRegistration> registrations, IOptionsMonitor<JwtGrantOptions> options,
    IOptionsMonitorCache<JwtGrantOptions> optionsCache)
    : ITokenSourceProvider, IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ComposedClient>> _clients = new(StringComparer.Ordinal);
    private readonly SharedConnections _connections = new();
    private readonly IdleClients _idle = new(services.GetService<TimeProvider>() ?? TimeProvider.System);
    private readonly TokenMetrics _metrics = TokenMetrics.Create(services.GetService<IMeterFactory>());

    /// <summary>Adds the registry to the services, unless an earlier call has added it.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddOptions();
        // The same services as AddOptions adds, but closed: open generics delay the startup of a native program by a millisecond. Services that
        // the application has already added for these options stay in use.
        services.TryAddSingleton<IOptionsMonitor<JwtGrantOptions>, OptionsMonitor<JwtGrantOptions>>();
        services.TryAddTransient<IOptionsFactory<JwtGrantOptions>, OptionsFactory<JwtGrantOptions>>();
        services.TryAddSingleton<IOptionsMonitorCache<JwtGrantOptions>, OptionsCache<JwtGrantOptions>>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JwtGrantOptions>, JwtGrantOptionsValidator>());
        services.TryAddSingleton<EndpointLimitRegistry>();
        services.TryAddSingleton<ClientRegistry>();
        services.TryAddSingleton<ITokenSourceProvider>(provider => provider.GetRequiredService<ClientRegistry>());
    }

    /// <inheritdoc/>
    ITokenSource ITokenSourceProvider.Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Get(name).Tokens;
    }

    /// <exception cref="JwtGrantException">The name is unknown, or the client's options are not valid.</exception>
    public ComposedClient Get(string name)
    {
        // Lazy composes the client once even for concurrent calls. Otherwise a factory of the application could return the same handler to two
        // calls, and the client that is not used would dispose it.
        var client = _clients.GetOrAdd(name, static (name, registry) => new(() => registry._idle.TakeBack(name) ?? registry.Compose(name)), this);
        try
        {
            var composed = client.Value;
            _idle.OnUsed(composed);
            return composed;
        }
        catch
        {
            // Lazy caches its exception, and the options monitor caches the options or their failure. Without both entries, the next call tries again: a key
            // file or the settings of a tenant may exist by then.
            _clients.TryRemove(new(name, client));
            optionsCache.TryRemove(name);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _idle.Stop();
        // In parallel, because each client may have tokens to revoke.
        await Task.WhenAll(All().Select(client => client.DisposeAsync().AsTask())).ConfigureAwait(false);
        _connections.Dispose();
        _metrics.Dispose();
    }

    public void Dispose()
    {
        _idle.Stop();
        All().ForEach(client => client.Dispose());
        _connections.Dispose();
        _metrics.Dispose();
    }

    private List<ComposedClient> All() => [.. _clients.Values.Where(client => client.IsValueCreated).Select(client => client.Value).Concat(_idle.Held).Distinct()];

    private void ReleaseIdle()
    {
        foreach (var (name, client) in _clients)
        {
            if (!client.IsValueCreated || !_idle.IsIdle(client.Value))
                continue;
            _idle.Release(name, client.Value);
            _clients.TryRemove(new(name, client));
            // The next client of the name reads them again.
            services.GetService<IOptionsMonitorCache<JwtGrantOptions>>()?.TryRemove(name);
        }
    }

    private ComposedClient Compose(string name)
    {
        try
        {
            var (settings, dependencies) = (options.Get(name), ClientDependencies.Create(name, registrations, services));
            dependencies.Connections = _connections;
            var client = ClientComposition.Compose(name, settings, dependencies, _metrics);
            // What the application has set in code, such as a handler, may exist only once. So its client is kept.
            if (!dependencies.TokenEndpointHandler.IsSet && !registrations.Any(registration => registration.Client == name))
                _idle.Watch(client, settings.Cache.IdleTime, ReleaseIdle);
            return client;
        }
        catch (OptionsValidationException e) when (
            !registrations.Any(registration => registration.Client == name) && e.Failures.Any(failure => failure.EndsWith(OptionsChecks.NoServer, StringComparison.Ordinal)))
        {
            // A name without a registration may have options of its own, but this one has none.
            throw JwtGrantException.Configuration("client_unknown", UnknownName(name), e).AddContext(name, endpoint: null, context: null);
        }
        catch (OptionsValidationException e)
        {
            throw JwtGrantException.Configuration("settings_invalid", e.Message, e).AddContext(name, endpoint: null, context: null);
        }
    }

    private string UnknownName(string name)
    {
        var known = registrations.Select(registration => registration.Client).OfType<string>().Distinct()
            .Select(client => client.Length == 0 ? "(unnamed)" : $"'{client}'").ToList();
        return $"There is no JwtGrantClient {(name.Length == 0 ? "without a name" : $"named '{name}'")}. " +
            $"Known: {(known.Count == 0 ? "none" : string.Join(", ", known))}. " +
            (name.Length == 0 && known.Count > 0
                ? "Inject one of them with [FromKeyedServices(name)], name it in AddJwtGrantToken(name), or add a client without a name with AddJwtGrantClient."
                : "Add it with AddJwtGrantClient, or correct the name.");
    }
}

/// <summary>The builder that AddJwtGrantClient returns.</summary>
internal sealed record JwtGrantClientBuilder(string Name, IServiceCollection Services) : IJwtGrantClientBuilder;
