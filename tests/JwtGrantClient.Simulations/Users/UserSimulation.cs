using JwtGrantClient.Simulations.Clients;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Users;

/// <summary>
/// One process whose users each need a token of their own (open first). All start within a second, and the token endpoint responds 503 from the start
/// until the end of the outage. Each user asks once a second.
/// </summary>
internal sealed class UserSimulation : IDisposable
{
    private static readonly TimeSpan TimeAfterOutage = TimeSpan.FromMinutes(2);

    private readonly VirtualTime _time = new();
    private readonly UserEndpointHandler _endpoint;
    private readonly SimulatedClient _client;
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
        _client = new(_time, random, _endpoint, new() { MaxEntries = 2 * users });
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
        _client.Dispose();
        _endpoint.Dispose();
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
            await _client.Tokens.GetTokenAsync(_requests[user]);
            _firstToken[user] = Math.Min(_firstToken[user], _time.Now);
        }
        catch (JwtGrantException)
        {
            // No token yet: the user asks again a second later.
        }
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
