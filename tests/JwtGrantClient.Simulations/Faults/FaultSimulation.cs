using JwtGrantClient.Simulations.Clients;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;

namespace JwtGrantClient.Simulations.Faults;

/// <summary>
/// One client at a token endpoint that fails again and again, and an API that rejects a token now and then (open first). The client is called once a second.
/// While an issued token is valid, no call may fail. After the endpoint has recovered, the next call that succeeds must come soon.
/// </summary>
internal sealed class FaultSimulation : IDisposable
{
    private const double RejectionsPerCall = 1 / 200.0;

    private readonly VirtualTime _time = new();
    private readonly SeededRandom _random;
    private readonly FaultHistory _history;
    private readonly FaultyEndpointHandler _endpoint;
    private readonly SimulatedClient _client;
    private readonly FaultResult _result;
    private long _nextCall;

    private FaultSimulation(SeededRandom random, FaultResult result)
    {
        (_random, _result) = (random, result);
        _history = new(random);
        _endpoint = new(_history, _time);
        _client = new(_time, random, _endpoint, new());
    }

    public static async Task<FaultResult> RunAsync(int histories, int seed)
    {
        var result = new FaultResult(histories);
        for (var i = 0; i < histories; i++)
        {
            using var simulation = new FaultSimulation(SeededRandom.Create(seed, i), result);
            await EventLoop.RunAsync(simulation.TryRunNext);
        }
        return result;
    }

    public void Dispose()
    {
        _client.Dispose();
        _endpoint.Dispose();
    }

    private bool TryRunNext()
    {
        if (Math.Min(_time.NextTime, _nextCall) >= _history.End)
            return false;
        if (_time.NextTime <= _nextCall)
        {
            _time.RunNext();
            return true;
        }
        _time.AdvanceTo(_nextCall);
        _nextCall += TimeSpan.TicksPerSecond;
        _ = CallAsync();
        return true;
    }

    private async Task CallAsync()
    {
        var called = _time.Now;
        var hasToken = called < _endpoint.ValidUntil;
        _result.Calls++;
        try
        {
            var token = await _client.Tokens.GetTokenAsync(TokenRequest.Default);
            if (_random.Next() < RejectionsPerCall)
                _ = RejectAsync(token);
        }
        catch (JwtGrantException)
        {
            if (hasToken)
                _result.FailedWithToken++;
            else if (_history.At(called).IsHealthy)
                _result.OnFailedAtHealthyEndpoint(called, Math.Max(RecoveredAt(called), _endpoint.WaitUntil));
        }
    }

    // As the handler does after a 401, with and without waiting for the new token.
    private async Task RejectAsync(AccessToken token)
    {
        _result.Rejections++;
        try
        {
            await _client.Tokens.ReplaceAsync(TokenRequest.Default, token, callerWaits: _random.Next() < 0.5, CancellationToken.None);
        }
        catch (JwtGrantException)
        {
            // The handler returns the response of the API; the old token stays in use.
        }
    }

    private long RecoveredAt(long now) => _history.Periods.TakeWhile(period => period.To <= now).LastOrDefault()?.To ?? 0;
}

/// <summary>What happened in a simulation of faults.</summary>
/// <param name="histories">The number of histories.</param>
internal sealed class FaultResult(int histories)
{
    public int Histories => histories;

    public int Calls { get; set; }

    public int Rejections { get; set; }

    /// <summary>Gets or sets the calls that failed although an issued token was valid.</summary>
    public int FailedWithToken { get; set; }

    /// <summary>
    /// Gets the longest time from the recovery of the endpoint, or from the end of the wait that it asked for, to a call that still failed.
    /// </summary>
    public TimeSpan SlowestRecovery { get; private set; }

    public void OnFailedAtHealthyEndpoint(long called, long mayWorkFrom) =>
        SlowestRecovery = TimeSpan.FromTicks(Math.Max(SlowestRecovery.Ticks, called - mayWorkFrom));
}
