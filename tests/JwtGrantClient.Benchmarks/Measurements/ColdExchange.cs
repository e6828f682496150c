using System.Diagnostics;
using JwtGrantClient.Benchmarks.Clients;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures a token request over loopback HTTP to another process. In each round every client makes one exchange in turn. The baseline is the minimum
/// work: a POST of a prepared form and one RSA signature. A ratio is the median of the ratios of all rounds, which is robust against noise.
/// </summary>
internal sealed class ColdExchange : IMeasurement
{
    public const string Group = "Cold exchange, over loopback";

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var (warmUp, rounds, counted) = scale switch { Scale.Full => (1000, 3000, 500), Scale.Quick => (200, 500, 100), _ => (0, 1, 1) };
        await using var server = await TokenServerProcess.StartAsync();
        using var baseline = new RawExchange(server.TokenEndpoint(), TokenClient.CreateHandler());
        var all = TokenClient.CreateAll(server.TokenEndpoint(), TokenClient.CreateHandler);
        List<(string Name, Func<ValueTask<string>> Exchange)> clients =
            [(baseline.Name, baseline.Exchange), .. all.Where(one => one.Exchange is not null).Select(one => (one.Name, one.Exchange!))];

        for (var round = 0; round < warmUp; round++)
            foreach (var (_, exchange) in clients)
                await exchange();
        var times = clients.ConvertAll(_ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < clients.Count; i++)
                times[i][round] = await TimeAsync(clients[i].Exchange);
        var rows = new List<Row>();
        for (var i = 0; i < clients.Count; i++)
            rows.Add(new(
                Group, clients[i].Name, Statistics.Median(times[i]), "us",
                Bytes: await AllocatedAsync(clients[i].Exchange, counted),
                Ratio: Statistics.Median(times[i].Zip(times[0], (one, minimum) => one / minimum))));
        foreach (var client in all)
            client.Dispose();
        return rows;
    }

    private static async Task<double> TimeAsync(Func<ValueTask<string>> exchange)
    {
        var started = Stopwatch.GetTimestamp();
        await exchange();
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    // The allocations of the whole process, because an exchange uses several threads. Nothing else runs in the process.
    private static async Task<double> AllocatedAsync(Func<ValueTask<string>> exchange, int count)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < count; i++)
            await exchange();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count;
    }
}
