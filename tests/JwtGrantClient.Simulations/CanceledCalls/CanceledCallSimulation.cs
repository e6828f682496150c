using JwtGrantClient.Simulations.Clients;
using JwtGrantClient.Simulations.Fleet;
using JwtGrantClient.Simulations.Time;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Simulations.CanceledCalls;

/// <summary>
/// One process with a bound of its cache, at a token endpoint that accepts requests and never responds. Each call is for another user and is canceled by
/// its caller after a second.
/// </summary>
internal sealed class CanceledCallSimulation : IDisposable
{
    private const int Bound = 1000;
    private static readonly TimeSpan AllCallsWithin = TimeSpan.FromSeconds(10), CallerTimeout = TimeSpan.FromSeconds(1), TimeAfterLastRequest = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time = new();
    private readonly HangingEndpointHandler _endpoint;
    private readonly SimulatedClient _client;
    private readonly long _interval;
    private int _calls, _canceled;

    private CanceledCallSimulation(int calls, int seed)
    {
        (_calls, _interval) = (calls, AllCallsWithin.Ticks / calls);
        _endpoint = new(_time);
        _client = new(_time, SeededRandom.Create(seed, 0), _endpoint, new() { MaxEntries = Bound });
    }

    public static async Task<CanceledCallResult> RunAsync(int calls, int seed)
    {
        using var simulation = new CanceledCallSimulation(calls, seed);
        var (next, peak) = (0L, 0);
        await EventLoop.RunAsync(() =>
        {
            peak = Math.Max(peak, simulation.Entries);
            return simulation.TryRunNext(ref next);
        });
        return new(calls, simulation._canceled, Bound, peak, simulation.Entries);
    }

    private int Entries => CacheInspector.CountEntries(_client.Tokens);

    public void Dispose()
    {
        _client.Dispose();
        _endpoint.Dispose();
    }

    private bool TryRunNext(ref long nextCall)
    {
        var due = _calls > 0 ? nextCall : long.MaxValue;
        var isOver = _calls == 0 && _canceled > 0 && _endpoint.Running == 0 && Math.Min(_time.NextTime, due) > _endpoint.LastEnd + TimeAfterLastRequest.Ticks;
        if (isOver || Math.Min(_time.NextTime, due) == long.MaxValue)
            return false;
        if (_time.NextTime <= due)
        {
            _time.RunNext();
            return true;
        }
        _time.AdvanceTo(due);
        nextCall = due + _interval;
        _ = CallAsync(_calls--);
        return true;
    }

    private async Task CallAsync(int user)
    {
        using var timeout = new CancellationTokenSource(CallerTimeout, _time);
        try
        {
            await _client.Tokens.GetTokenAsync(new() { Subject = $"user-{user}" }, timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _canceled++;
        }
    }
}

/// <summary>A token endpoint that responds to requests for metadata only.</summary>
internal sealed class HangingEndpointHandler(VirtualTime time) : HttpMessageHandler
{
    public int Running { get; private set; }

    /// <summary>Gets when the last request ended that was canceled.</summary>
    public long LastEnd { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get)
            return Responses.Metadata(request);
        Running++;
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            throw new InvalidOperationException("An infinite delay has ended.");
        }
        finally
        {
            (Running, LastEnd) = (Running - 1, time.Now);
        }
    }
}

/// <summary>What happened in a simulation of canceled calls.</summary>
/// <param name="Calls">The number of calls.</param>
/// <param name="Canceled">Those that their callers canceled.</param>
/// <param name="Bound">The bound of the cache.</param>
/// <param name="PeakEntries">The most entries of the cache.</param>
/// <param name="EntriesAtEnd">The entries 5 s after the last request to the endpoint.</param>
internal sealed record CanceledCallResult(int Calls, int Canceled, int Bound, int PeakEntries, int EntriesAtEnd);
