using System.Diagnostics.Metrics;

namespace JwtGrantClient.Diagnostics;

/// <summary>
/// The instruments of the library, in one meter <c>JwtGrantClient</c> (docs/telemetry.md). There is one set for all clients of a container. It does not keep
/// clients alive: a client that is disposed, or released because it is idle, has no further measurements.
/// </summary>
internal sealed class TokenMetrics : IDisposable
{
    public const string MeterName = "JwtGrantClient";

    private const string Acquisition = "{acquisition}", Lookup = "{lookup}", Entry = "{entry}", Failure = "{failure}", Seconds = "s", Client = "{client}";

    // Of token requests: from a server in the same network to the total timeout, which is 30 s by default.
    private static readonly InstrumentAdvice<double> RequestBuckets = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30],
    };

    // Of signatures and of the store: from a key in memory to a service that responds slowly.
    private static readonly InstrumentAdvice<double> FastBuckets = new()
    {
        HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    };

    private readonly Meter _meter;
    private readonly Lock _changing = new();

    // By name: a client that replaces another one has its time series.
    private readonly Dictionary<string, WeakReference<ClientMetrics>> _clients = new(StringComparer.Ordinal);

    public TokenMetrics(Meter meter)
    {
        _meter = meter;
        Acquisitions = meter.CreateCounter<long>("jwtgrantclient.acquisitions", Acquisition, "Token acquisitions that ended.");
        AcquisitionDuration = CreateHistogram("jwtgrantclient.acquisition.duration", "Duration of token acquisitions, with their retries.", RequestBuckets);
        AttemptDuration = CreateHistogram("jwtgrantclient.attempt.duration", "Duration of single attempts of token requests.", RequestBuckets);
        WaitDuration = CreateHistogram("jwtgrantclient.wait.duration", "How long calls waited for a token that was not cached.", RequestBuckets);
        SigningDuration = CreateHistogram("jwtgrantclient.signing.duration", "Duration of signatures.", FastBuckets);
        StoreDuration = CreateHistogram("jwtgrantclient.shared_store.duration", "Duration of calls of the shared token store.", FastBuckets);
        StoreLookups = meter.CreateCounter<long>("jwtgrantclient.shared_store.lookups", Lookup, "Look-ups of tokens in the shared token store.");
        meter.CreateObservableCounter(
            "jwtgrantclient.cache.lookups", () => ReadCounts(TelemetryTag.CacheResult, ("hit", cache => cache.Hits), ("miss", cache => cache.Misses)), Lookup,
            "Calls that got a cached token, and calls that did not.");
        meter.CreateObservableCounter(
            "jwtgrantclient.cache.evictions", () => ReadCounts(TelemetryTag.EvictionReason, ("idle", cache => cache.IdleEvictions), ("full", cache => cache.FullEvictions)), Entry,
            "Entries that were evicted from the cache.");
        meter.CreateObservableUpDownCounter(
            "jwtgrantclient.cache.entries", () => ReadCaches<long>(cache => cache.Entries), Entry, "Entries in the cache, without that of the client as configured.");
        meter.CreateObservableGauge(
            "jwtgrantclient.token.remaining_lifetime", () => ReadCaches(cache => cache.RemainingLifetime?.TotalSeconds), Seconds,
            "How long the token of the client as configured can still be used.");
        meter.CreateObservableGauge("jwtgrantclient.failures", () => ReadCaches<long>(cache => cache.Failures), Failure, "Acquisitions that failed since the last success.");
        meter.CreateObservableGauge(
            "jwtgrantclient.backoff.remaining", () => ReadCaches<double>(cache => cache.NextAttemptIn.TotalSeconds), Seconds,
            "Time until the next acquisition may start after a failure.");
        meter.CreateObservableGauge(
            "jwtgrantclient.available", () => ReadCaches<long>(cache => cache.IsAvailable ? 1 : 0), Client, "1 if calls get a token or may try to acquire one; 0 if they fail.");
        meter.CreateObservableGauge(
            "jwtgrantclient.circuit_breaker.open", () => Read<long>(client => client.ReadCircuit is { } read ? read() ? 1 : 0 : null), Client,
            "1 while the circuit breaker of the client's endpoint is open; otherwise 0.");
        meter.CreateObservableGauge(
            "jwtgrantclient.clock.offset", () => Read(client => client.ReadClock?.Invoke().Ahead?.TotalSeconds), Seconds,
            "How far the local clock is ahead of the token endpoint's; negative if it is behind.");
        meter.CreateObservableGauge(
            "jwtgrantclient.clock.correction", () => Read(client => client.ReadClock?.Invoke().Correction.TotalSeconds), Seconds,
            "What is added to the local time in assertions, because the server refused one.");
        meter.CreateObservableGauge("jwtgrantclient.signing_key.age", () => ReadKeys(key => key.Age), Seconds, "Time since the process has read the current key.");
        meter.CreateObservableGauge(
            "jwtgrantclient.certificate.remaining_lifetime", () => ReadKeys(key => key.CertificateRemaining), Seconds, "Time until the certificate expires.");

        Histogram<double> CreateHistogram(string name, string description, InstrumentAdvice<double> advice) =>
            meter.CreateHistogram(name, Seconds, description, tags: null, advice);
    }

    /// <summary>Creates the instruments of a container, or of a client without one.</summary>
    /// <param name="factory">The factory of the container; null to create a meter.</param>
    public static TokenMetrics Create(IMeterFactory? factory) => new(factory?.Create(MeterName) ?? new Meter(MeterName));

    public Counter<long> Acquisitions { get; }

    public Histogram<double> AcquisitionDuration { get; }

    public Histogram<double> AttemptDuration { get; }

    public Histogram<double> WaitDuration { get; }

    public Histogram<double> SigningDuration { get; }

    public Histogram<double> StoreDuration { get; }

    public Counter<long> StoreLookups { get; }

    public ErrorTypes ErrorTypes { get; } = new();

    /// <summary>Adds a client to those whose state is read when metrics are collected.</summary>
    public void Add(ClientMetrics client)
    {
        lock (_changing)
            _clients[client.Client] = new(client);
    }

    /// <summary>Removes a client that was disposed.</summary>
    public void Remove(ClientMetrics client)
    {
        lock (_changing)
            if (_clients.TryGetValue(client.Client, out var known) && known.TryGetTarget(out var current) && current == client)
                _clients.Remove(client.Client);
    }

    public void Dispose() => _meter.Dispose();

    private List<Measurement<long>> ReadCounts(string tag, params ReadOnlySpan<(string Value, Func<CacheReading, long> Read)> counts)
    {
        var measurements = new List<Measurement<long>>();
        foreach (var client in Clients())
            if (client.ReadCache?.Invoke() is { } cache)
                foreach (var (value, read) in counts)
                    measurements.Add(new(read(cache), client.Named, new(tag, value)));
        return measurements;
    }

    private List<Measurement<T>> ReadCaches<T>(Func<CacheReading, T?> read)
        where T : struct => Read(client => client.ReadCache is { } cache ? read(cache()) : null);

    private List<Measurement<T>> Read<T>(Func<ClientMetrics, T?> read)
        where T : struct
    {
        var measurements = new List<Measurement<T>>();
        foreach (var client in Clients())
            if (read(client) is { } value)
                measurements.Add(new(value, client.Named));
        return measurements;
    }

    private List<Measurement<double>> ReadKeys(Func<KeyReading, TimeSpan?> read)
    {
        var measurements = new List<Measurement<double>>();
        foreach (var client in Clients())
            foreach (var key in client.ReadKeys?.Invoke() ?? [])
                if (read(key) is { } value)
                    measurements.Add(new(value.TotalSeconds, client.Named, new(TelemetryTag.KeyUse, key.Use)));
        return measurements;
    }

    // Those that are in use. The others are removed here, at each collection.
    private List<ClientMetrics> Clients()
    {
        var clients = new List<ClientMetrics>();
        lock (_changing)
            foreach (var (name, reference) in _clients)
                if (reference.TryGetTarget(out var client))
                    clients.Add(client);
                else
                    _clients.Remove(name);
        return clients;
    }
}
