using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>
/// The clients of a container, each composed at its first use and kept for the container's life: handlers come and go every two minutes,
/// tokens must not.
/// </summary>
internal sealed class ClientRegistry(
    IServiceProvider services, IEnumerable<ClientRegistration> registrations, IOptionsMonitor<JwtGrantOptions> options)
    : ITokenSourceProvider, IDisposable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ComposedClient>> _clients = new(StringComparer.Ordinal);
    private readonly Meter _meter = services.GetService<IMeterFactory>()?.Create(TokenMetrics.MeterName) ?? new Meter(TokenMetrics.MeterName);

    /// <summary>Adds the registry, for whoever comes first: a client, or an HttpClient that wants one.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddOptions();
        // As AddOptions has them, but by name: open generics cost a native program's start a millisecond. Who added their own for these
        // options keeps them.
        services.TryAddSingleton<IOptionsMonitor<JwtGrantOptions>, OptionsMonitor<JwtGrantOptions>>();
        services.TryAddTransient<IOptionsFactory<JwtGrantOptions>, OptionsFactory<JwtGrantOptions>>();
        services.TryAddSingleton<IOptionsMonitorCache<JwtGrantOptions>, OptionsCache<JwtGrantOptions>>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JwtGrantOptions>, JwtGrantOptionsValidator>());
        services.TryAddSingleton<ClientRegistry>();
        services.TryAddSingleton<ITokenSourceProvider>(provider => provider.GetRequiredService<ClientRegistry>());
    }

    /// <inheritdoc/>
    ITokenSource ITokenSourceProvider.Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Get(name).Tokens;
    }

    /// <exception cref="JwtGrantException">The name is unknown, or the client's settings are wrong.</exception>
    public ComposedClient Get(string name)
    {
        // Composed once, however many ask at once: a factory of the user's may return the same handler twice, which a
        // loser would dispose.
        var client = _clients.GetOrAdd(name, static (name, registry) => new(() => registry.Compose(name)), this);
        try
        {
            return client.Value;
        }
        catch
        {
            // A Lazy remembers its failure; the next call tries again.
            _clients.TryRemove(new(name, client));
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Together, for each may have tokens to revoke.
        await Task.WhenAll(_clients.Values.Where(client => client.IsValueCreated).Select(client => client.Value.DisposeAsync().AsTask())).ConfigureAwait(false);
        _meter.Dispose();
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            if (client.IsValueCreated)
                client.Value.Dispose();
        _meter.Dispose();
    }

    private ComposedClient Compose(string name)
    {
        try
        {
            return ClientComposition.Compose(name, options.Get(name), ClientDependencies.For(name, registrations, services), _meter);
        }
        catch (OptionsValidationException e) when (
            !registrations.Any(registration => registration.Client == name) && e.Failures.Any(failure => failure.EndsWith(OptionsChecks.NoServer, StringComparison.Ordinal)))
        {
            // Options may be set for a name that only run time knows; these are not.
            throw JwtGrantException.Configuration("client_unknown", UnknownName(name), e);
        }
        catch (OptionsValidationException e)
        {
            throw JwtGrantException.Configuration("settings_invalid", e.Message, e);
        }
    }

    private string UnknownName(string name)
    {
        var known = registrations.Select(registration => registration.Client).OfType<string>().Distinct()
            .Select(client => client.Length == 0 ? "(the one without a name)" : $"'{client}'").ToList();
        return $"There is no JwtGrantClient {(name.Length == 0 ? "without a name" : $"named '{name}'")}. " +
            $"Known: {(known.Count == 0 ? "none" : string.Join(", ", known))}. Add it with AddJwtGrantClient, or correct the name.";
    }
}

/// <summary>What AddJwtGrantClient returns.</summary>
internal sealed record JwtGrantClientBuilder(string Name, IServiceCollection Services) : IJwtGrantClientBuilder;
