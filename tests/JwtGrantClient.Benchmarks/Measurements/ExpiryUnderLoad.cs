using System.Diagnostics;
using JwtGrantClient.Benchmarks.Clients;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Sixteen workers call continuously, the endpoint takes 300 ms, and tokens are usable for six seconds. A call that takes more than a third of the
/// endpoint's delay is counted as one that waited. The token lifetime is six seconds plus the expiry margin of the client.
/// </summary>
internal sealed class ExpiryUnderLoad : IMeasurement
{
    private const int Workers = 16, Delay = 300;
    private static readonly TimeSpan Usable = TimeSpan.FromSeconds(6), Blocked = TimeSpan.FromMilliseconds(Delay / 3);

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var duration = scale switch { Scale.Full => Usable * 5, Scale.Quick => Usable * 1.5, _ => TimeSpan.FromMilliseconds(50) };
        var rows = new List<Row>();
        var clients = TokenClient.CreateAll(TestData.TokenEndpoint, () => new InMemoryTokenEndpoint()).Where(one => one.CachesTokens).ToList();
        // All clients run concurrently, each with its own endpoint, because the measurement counts waits and not work.
        rows.AddRange(await Task.WhenAll(clients.Select((one, index) => RunAsync(index, one.ExpiryMargin, duration, scale))));
        foreach (var client in clients)
            client.Dispose();
        return rows;
    }

    private static async Task<Row> RunAsync(int index, TimeSpan margin, TimeSpan duration, Scale scale)
    {
        await using var server = await TokenServerProcess.StartAsync();
        var endpoint = server.TokenEndpoint(scale == Scale.Once ? 1 : Delay, (int)(margin + Usable).TotalSeconds);
        var all = TokenClient.CreateAll(endpoint, TokenClient.CreateHandler);
        var client = all.Where(one => one.CachesTokens).ElementAt(index);
        await client.GetAsync();
        await server.CountAsync();
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(client, started, duration))));
        var requests = await server.CountAsync();
        foreach (var one in all)
            one.Dispose();
        return new(
            $"Expiry, {Workers} workers, endpoint takes {Delay} ms", client.Name, counts.Sum(count => count.Blocked), "calls that waited",
            Note: $"{requests} requests for {duration / Usable:0.#} lifetimes, {counts.Sum(count => count.Calls):N0} calls");
    }

    private static async Task<(int Blocked, int Calls)> WorkAsync(TokenClient client, long started, TimeSpan duration)
    {
        var (blocked, calls) = (0, 0);
        for (; Stopwatch.GetElapsedTime(started) < duration; calls++)
        {
            var called = Stopwatch.GetTimestamp();
            await client.GetAsync();
            if (Stopwatch.GetElapsedTime(called) > ExpiryUnderLoad.Blocked)
                blocked++;
            await Task.Delay(1);
        }
        return (blocked, calls);
    }
}
