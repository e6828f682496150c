namespace Observability;

/// <summary>A fault, and how metrics and logs name it.</summary>
/// <param name="Name">The value of <c>--fault</c>.</param>
/// <param name="Description">What is wrong.</param>
internal sealed record Fault(string Name, string Description)
{
    /// <summary>Whether one instance has the fault. The others must not report it.</summary>
    public bool IsOfOneInstance { get; init; }

    /// <summary>Causes the fault after the clients have their first tokens. The second argument is the instance that has it.</summary>
    public Action<DemoServers, string> Inject { get; init; } = (_, _) => { };

    /// <summary>How far the clock of the instance is ahead.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Whether the key of the instance comes with a certificate that has expired.</summary>
    public bool HasExpiredCertificate { get; init; }

    /// <summary>A measurement that names the fault: the name of the instrument, and tags.</summary>
    public required string Metric { get; init; }

    /// <summary>Which values of the metric name the fault.</summary>
    public Func<double, bool> HasValue { get; init; } = value => value > 0;

    /// <summary>The id of a log event that names the fault; null if metrics alone do.</summary>
    public int? LogEvent { get; init; }

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("down", "the token endpoint closes connections")
        {
            Inject = (servers, _) => servers.TokenEndpoint = EndpointState.Down, Metric = "jwtgrantclient.attempt.duration error.type=connection_failed", LogEvent = 17,
        },
        new("slow", "the token endpoint does not respond in time")
        {
            Inject = (servers, _) => servers.TokenEndpoint = EndpointState.Slow, Metric = "jwtgrantclient.attempt.duration error.type=timeout", LogEvent = 17,
        },
        new("throttled", "the token endpoint limits the rate")
        {
            Inject = (servers, _) => servers.TokenEndpoint = EndpointState.Throttled, Metric = "jwtgrantclient.attempt.duration http.response.status_code=429", LogEvent = 17,
        },
        new("new-key", "the key of one instance was replaced, and the server does not know the new one")
        {
            IsOfOneInstance = true, Inject = (servers, instance) => servers.ReplaceKey(instance), Metric = "jwtgrantclient.acquisitions error.type=invalid_client", LogEvent = 21,
        },
        new("clock", "the clock of one instance is 5 minutes ahead")
        {
            IsOfOneInstance = true, ClockOffset = TimeSpan.FromMinutes(5), Metric = "jwtgrantclient.clock.offset", HasValue = seconds => seconds > 240, LogEvent = 34,
        },
        new("certificate", "the certificate of the key of one instance has expired")
        {
            IsOfOneInstance = true, HasExpiredCertificate = true, Metric = "jwtgrantclient.certificate.remaining_lifetime", HasValue = seconds => seconds < 0, LogEvent = 24,
        },
        new("store", "the shared token store is down")
        {
            Inject = (servers, _) => servers.Store.IsDown = true, Metric = "jwtgrantclient.shared_store.lookups jwtgrantclient.shared_store.result=failed", LogEvent = 25,
        },
        new("api", "the API rejects every token")
        {
            Inject = (servers, _) => servers.ApiRejectsTokens = true, Metric = "jwtgrantclient.acquisitions jwtgrantclient.reason=rejected", LogEvent = 6,
        },
        new("breaker", "the token endpoint fails for so long that the circuit breaker opens")
        {
            Inject = (servers, _) => servers.TokenEndpoint = EndpointState.Failing, Metric = "jwtgrantclient.circuit_breaker.open", LogEvent = 12,
        },
        new("evictions", "more users than entries of the cache")
        {
            Inject = (servers, _) => servers.Users = 200, Metric = "jwtgrantclient.cache.evictions jwtgrantclient.cache.eviction_reason=full",
        },
    ];
}
