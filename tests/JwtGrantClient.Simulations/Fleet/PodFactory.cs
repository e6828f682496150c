using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Simulations.Time;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Simulations.Fleet;

/// <summary>
/// Puts pods together as the library does for its users, from the library's own parts and defaults. Only time, chance and the wire are the
/// simulation's.
/// </summary>
internal sealed class PodFactory(Plan plan, VirtualTime time, Tally tally) : IDisposable
{
    private readonly Meter _meter = new(TokenMetrics.MeterName);
    private readonly RetryOptions _retry = new();
    private readonly RefreshOptions _refresh = new();
    private readonly TokenEndpointTransport _transport = new(new Server(plan, time, tally), time, new RetryOptions().MaxRetryAfter);

    public IEnumerable<Pod> Pods()
    {
        // All pods read the same clock, so they can share what reads it.
        var clock = new CoarseClock(time, _refresh.SleepThreshold);
        var metrics = new TokenMetrics(_meter);
        var shared = plan.Shared ? Shared() : null;
        for (var i = 0; i < plan.Pods; i++)
        {
            var draws = Draws.Of(plan.Seed, i);
            var start = (long)(plan.Rollout.Ticks * draws.Next());
            var pipeline = new TokenRequestPipeline(_retry, time, draws.Next, NullLogger.Instance);
            var context = new CacheContext("fleet", Source(pipeline), pipeline, time, clock, draws.Next, metrics, NullLogger.Instance)
            {
                Refresh = _refresh,
                Shared = shared,
                Start = time.Post,
            };
            yield return new Pod(i, start, new CachedTokenSource(context), time, tally);
        }
    }

    public void Dispose()
    {
        _transport.Dispose();
        _meter.Dispose();
    }

    private SharedTokens Shared() => new(
        new Store(time), new() { Name = "fleet" }, new CacheOptions().StoreTimeout, _refresh, time, NullLogger.Instance)
    {
        Start = time.Post,
    };

    private TokenEndpointSource Source(TokenRequestPipeline pipeline)
    {
        var endpoint = new TokenEndpointClient(
            new EndpointLocator("https://as.example.com/token"),
            new NoClientAuthentication("fleet"),
            _transport,
            pipeline,
            new ResponseRules(plan.Lifetime, DefaultType: null));
        return new(endpoint, Grant.ClientCredentials, TokenRequest.Default);
    }
}
