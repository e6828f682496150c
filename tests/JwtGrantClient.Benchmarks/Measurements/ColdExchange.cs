using System.Diagnostics;
using JwtGrantClient.Benchmarks.Contenders;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// A new token over loopback HTTP from another process. In each round every contender makes one exchange, in turn, beside the least that can be
/// done: a POST of a ready form, and one RSA signature. A ratio is the median of the rounds' ratios, which a busy moment of the machine moves little.
/// </summary>
internal sealed class ColdExchange : IMeasurement
{
    public const string Group = "Cold exchange, over loopback";

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var (warmUp, rounds, counted) = scale switch { Scale.Full => (1000, 3000, 500), Scale.Quick => (200, 500, 100), _ => (0, 1, 1) };
        await using var server = await TokenServerProcess.StartAsync();
        using var floor = new RawExchange(server.TokenEndpoint(), Contender.Sockets());
        var all = Contender.All(server.TokenEndpoint(), Contender.Sockets);
        List<(string Name, Func<ValueTask<string>> Exchange)> parties =
            [(floor.Name, floor.Exchange), .. all.Where(one => one.Exchange is not null).Select(one => (one.Name, one.Exchange!))];

        for (var round = 0; round < warmUp; round++)
            foreach (var (_, exchange) in parties)
                await exchange();
        var times = parties.ConvertAll(_ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
            for (var party = 0; party < parties.Count; party++)
                times[party][round] = await TimeAsync(parties[party].Exchange);
        var rows = new List<Row>();
        for (var party = 0; party < parties.Count; party++)
            rows.Add(new(
                Group, parties[party].Name, Statistics.Median(times[party]), "us",
                Bytes: await AllocatedAsync(parties[party].Exchange, counted),
                Ratio: Statistics.Median(times[party].Zip(times[0], (one, least) => one / least))));
        foreach (var contender in all)
            contender.Dispose();
        return rows;
    }

    private static async Task<double> TimeAsync(Func<ValueTask<string>> exchange)
    {
        var started = Stopwatch.GetTimestamp();
        await exchange();
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    // Of the whole process, since an exchange moves from thread to thread; nothing else runs in it.
    private static async Task<double> AllocatedAsync(Func<ValueTask<string>> exchange, int count)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < count; i++)
            await exchange();
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)count;
    }
}
