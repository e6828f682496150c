using System.Diagnostics.Metrics;
using JwtGrantClient.Caching;
using JwtGrantClient.Diagnostics;
using JwtGrantClient.Protocol;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Simulations.Users;

/// <summary>
/// One process whose users each need a token of their own (open first). All start within a second, and the token endpoint responds 503 from the start
/// until the end of the outage. Each user asks once a second.
/// </summary>
internal sealed class UserSimulation : IDisposable
{
    private const string Issuer = "https://as.example.com";
    private static readonly TimeSpan TimeAfterOutage = TimeSpan.FromMinutes(2);

    private readonly VirtualTime _time = new();
    private readonly UserEndpointHandler _endpoint;
    private readonly CachedTokenSource _tokens;
    private readonly Meter _meter = new(TokenMetrics.MeterName);
    private readonly PriorityQueue<int, long> _calls = new();
    private readonly TokenRequest[] _requests;
    private readonly long[] _firstToken;
    private readonly long _end;

    private UserSimulation(int users, TimeSpan outage, int seed)
    {
        _endpoint = new(_time, outage);
        _end = (outage + TimeAfterOutage).Ticks;
        _requests = [.. Enumerable.Range(0, users).Select(user => new TokenRequest { Subject = $"user-{user}" })];
        _firstToken = [.. Enumerable.Repeat(long.MaxValue, users)];
        var random = SeededRandom.Create(seed, 0);
        for (var user = 0; user < users; user++)
            _calls.Enqueue(user, (long)(random.Next() * TimeSpan.TicksPerSecond));
        _tokens = CreateTokenSource(random);
    }

    public static async Task<UserResult> RunAsync(int users, TimeSpan outage, int seed)
    {
        using var simulation = new UserSimulation(users, outage, seed);
        await EventLoop.RunAsync(simulation.TryRunNext);
        return new(
            users, simulation._endpoint.TokenRequests, simulation._endpoint.TokenRequestsInOutage, simulation._endpoint.MetadataRequests, simulation._endpoint.PeakConcurrent,
            simulation._firstToken.Max() is var last && last == long.MaxValue ? null : TimeSpan.FromTicks(last) - outage);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _endpoint.Dispose();
        _meter.Dispose();
    }

    private bool TryRunNext()
    {
        _calls.TryPeek(out var user, out var due);
        if (Math.Min(_time.NextTime, due) >= _end)
            return false;
        if (_time.NextTime <= due)
        {
            _time.RunNext();
            return true;
        }
        _time.AdvanceTo(due);
        _ = CallAsync(user);
        _calls.DequeueEnqueue(user, due + TimeSpan.TicksPerSecond);
        return true;
    }

    private async Task CallAsync(int user)
    {
        try
        {
            await _tokens.GetTokenAsync(_requests[user]);
            _firstToken[user] = Math.Min(_firstToken[user], _time.Now);
        }
        catch (JwtGrantException)
        {
            // No token yet: the user asks again a second later.
        }
    }

    // The parts and defaults of the library. Only the clock, the random numbers, the network and the assertion are simulated.
    private CachedTokenSource CreateTokenSource(SeededRandom random)
    {
        var (retry, refresh) = (new RetryOptions(), new RefreshOptions());
        var limits = new EndpointLimits(Issuer, new(), _time, random.Next, NullLogger.Instance);
        var pipeline = new TokenRequestPipeline(retry, _time, random.Next, NullLogger.Instance, limits: limits, clientId: "users");
        var transport = new TokenEndpointTransport(_endpoint, _time, retry.MaxRetryAfter);
        var client = new TokenEndpointClient(
            new EndpointLocator(new MetadataDiscovery(
                new(Issuer, allowLoopbackHttp: false, transport, _time, NullLogger.Instance), EndpointOrigins.All, NullLogger.Instance)),
            new NoClientAuthentication("users"), transport, pipeline, new ResponseRules(TimeSpan.FromHours(1), DefaultType: null));
        var assertion = new Assertion("e30.e30.c2lnbmF0dXJl", AssertionTypes.Jwt, DateTimeOffset.MaxValue);
        var source = new TokenEndpointSource(client, request => Grant.JwtBearer((_, _) => new(assertion), request), TokenRequest.Default);
        return new(new CacheContext("users", source, pipeline, _time, new CoarseClock(_time, refresh.SleepThreshold), random.Next, new TokenMetrics(_meter), NullLogger.Instance)
        {
            Refresh = refresh,
            Cache = new() { MaxEntries = 2 * _requests.Length },
            Start = _time.Post,
        });
    }
}

/// <summary>What happened in a simulation of users.</summary>
/// <param name="Users">The number of users.</param>
/// <param name="TokenRequests">The token requests that the endpoint received.</param>
/// <param name="TokenRequestsInOutage">Those until the end of the outage.</param>
/// <param name="MetadataRequests">The requests for metadata.</param>
/// <param name="PeakConcurrent">The most requests in progress at once.</param>
/// <param name="RecoveredAfter">The time from the end of the outage until the last user had a token; null if one had none.</param>
internal sealed record UserResult(
    int Users, int TokenRequests, int TokenRequestsInOutage, int MetadataRequests, int PeakConcurrent, TimeSpan? RecoveredAfter);
