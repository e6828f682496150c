using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Simulations.Clients;

/// <summary>
/// One process with the parts and defaults of the library. Only the clock, the random numbers, the network and the assertion are simulated.
/// </summary>
internal sealed class SimulatedClient : IDisposable
{
    public const string Issuer = "https://as.example.com";

    private readonly Meter _meter = new(TokenMetrics.MeterName);
    private readonly TokenEndpointTransport _transport;

    /// <param name="time">The clock.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="server">Responds to requests for metadata and tokens.</param>
    /// <param name="cache">The bound of the cache.</param>
    public SimulatedClient(VirtualTime time, SeededRandom random, HttpMessageHandler server, CacheOptions cache)
    {
        var (retry, refresh) = (new RetryOptions(), new RefreshOptions());
        var limits = new EndpointLimits(Issuer, new(), time, random.Next, NullLogger.Instance);
        var pipeline = new TokenRequestPipeline(retry, time, random.Next, NullLogger.Instance, limits: limits, clientId: "users");
        _transport = new TokenEndpointTransport(server, time, retry.MaxRetryAfter);
        var client = new TokenEndpointClient(
            new EndpointLocator(new MetadataDiscovery(
                new(Issuer, allowLoopbackHttp: false, _transport, time, NullLogger.Instance), EndpointOrigins.All, NullLogger.Instance)),
            new NoClientAuthentication("users"), _transport, pipeline, new ResponseRules(TimeSpan.FromHours(1), DefaultType: null));
        var assertion = new Assertion("e30.e30.c2lnbmF0dXJl", AssertionTypes.Jwt, DateTimeOffset.MaxValue);
        var source = new TokenEndpointSource(client, request => Grant.JwtBearer((_, _) => new(assertion), request), TokenRequest.Default);
        Tokens = new(new CacheContext("users", source, pipeline, time, new CoarseClock(time, refresh.SleepThreshold), random.Next, new ClientMetrics(new TokenMetrics(_meter), "users", time), NullLogger.Instance)
        {
            Refresh = refresh,
            Cache = cache,
            Start = time.Post,
        });
    }

    public CachedTokenSource Tokens { get; }

    public void Dispose()
    {
        Tokens.Dispose();
        _transport.Dispose();
        _meter.Dispose();
    }
}
