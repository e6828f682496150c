using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using JwtGrantClient.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Setup;

/// <summary>A name that AddJwtGrantClient was called with.</summary>
internal sealed record ClientName(string Value);

/// <summary>
/// The clients of a container, each composed at its first use and kept for the container's life: handlers come and go every two minutes,
/// tokens must not.
/// </summary>
internal sealed class ClientRegistry(
    IServiceProvider services, IEnumerable<ClientName> names, IOptionsMonitor<JwtGrantOptions> options, IOptionsMonitor<ClientParts> parts) : IDisposable
{
    private readonly ConcurrentDictionary<string, ComposedClient> _clients = new(StringComparer.Ordinal);
    private readonly Meter _meter = services.GetService<IMeterFactory>()?.Create(TokenMetrics.MeterName) ?? new Meter(TokenMetrics.MeterName);

    /// <exception cref="JwtGrantException">The name is unknown, or the client's settings are wrong.</exception>
    public ComposedClient Get(string name)
    {
        if (_clients.TryGetValue(name, out var known))
            return known;
        var composed = Compose(name);
        if (_clients.TryAdd(name, composed))
            return composed;
        // Another thread was first; this one has kept no token yet.
        composed.Dispose();
        return _clients[name];
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        _meter.Dispose();
    }

    private ComposedClient Compose(string name)
    {
        if (!names.Any(known => known.Value == name))
            throw JwtGrantException.Configuration("client_unknown", UnknownName(name));
        try
        {
            var (settings, code) = (options.Get(name), parts.Get(name));
            return ClientComposition.Compose(name, settings, new Surroundings(
                services.GetService<TimeProvider>() ?? TimeProvider.System,
                services.GetService<ILoggerFactory>()?.CreateLogger(Log.Category) ?? NullLogger.Instance,
                _meter,
                code.Signer?.Invoke(services),
                code.TokenEndpointHandler?.Invoke(services),
                code.RetryPipeline?.Invoke(services)));
        }
        catch (OptionsValidationException e)
        {
            throw JwtGrantException.Configuration("settings_invalid", e.Message, e);
        }
    }

    private string UnknownName(string name)
    {
        var known = names.Select(n => n.Value.Length == 0 ? "(the one without a name)" : $"'{n.Value}'").Distinct().ToList();
        return $"There is no JwtGrantClient named '{name}'. Known: {(known.Count == 0 ? "none" : string.Join(", ", known))}. " +
            "Call AddJwtGrantClient with this name, or correct the name.";
    }
}
