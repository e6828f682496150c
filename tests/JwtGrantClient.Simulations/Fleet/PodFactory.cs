using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Simulations.Time;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>
/// Creates pods from the library's own parts and defaults, as the library does for its users. Only the clock, the random numbers and the network are
/// simulated.
/// </summary>
internal sealed class PodFactory(SimulationOptions options, VirtualTime time, SimulationResult result) : IDisposable
{
    private readonly Meter _meter = new(TokenMetrics.MeterName);
    private readonly RetryOptions _retry = new();
    private readonly RefreshOptions _refresh = new();
    private readonly TokenEndpointTransport _transport = new(new TokenEndpointHandler(options, time, result), time, new RetryOptions().MaxRetryAfter);

    public IEnumerable<Pod> Pods()
    {
        // All pods read the same clock, so they can share the coarse clock.
        var clock = new CoarseClock(time, _refresh.SleepThreshold);
        // Nobody listens, so they can share the metrics, too.
        var metrics = new ClientMetrics(new TokenMetrics(_meter), "fleet", time);
        var shared = options.Shared ? Shared(metrics) : null;
        for (var i = 0; i < options.Pods; i++)
        {
            var random = SeededRandom.Create(options.Seed, i);
            var start = (long)(options.Rollout.Ticks * random.Next());
            var pipeline = new TokenRequestPipeline(_retry, time, random.Next, NullLogger.Instance);
            var context = new CacheContext("fleet", Source(pipeline), pipeline, time, clock, random.Next, metrics, NullLogger.Instance)
            {
                Refresh = _refresh,
                Shared = shared,
                Start = time.Post,
            };
            yield return new Pod(i, start, new CachedTokenSource(context), time, result);
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _meter.Dispose();
    }

    private SharedTokens Shared(ClientMetrics metrics) => new(
        new SharedStoreClient(new SharedStore(time), metrics, new CacheOptions().StoreTimeout, time, NullLogger.Instance) { Start = time.Post },
        new() { Name = "fleet" },
        _refresh,
        time,
        NullLogger.Instance);

    private TokenEndpointSource Source(TokenRequestPipeline pipeline)
    {
        var endpoint = new TokenEndpointClient(
            new EndpointLocator("https://as.example.com/token"),
            new NoClientAuthentication("fleet"),
            _transport,
            pipeline,
            new ResponseRules(options.Lifetime, DefaultType: null));
        return new(endpoint, Grant.ClientCredentials, TokenRequest.Default);
    }
}
