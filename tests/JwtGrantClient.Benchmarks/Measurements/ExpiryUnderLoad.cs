using System.Diagnostics;
using JwtGrantClient.Benchmarks.Contenders;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Sixteen workers that ask all the time, an endpoint that takes 300 ms, tokens with six usable seconds. A call that takes more than a third of the
/// endpoint's delay waited for it. Each contender's tokens live so long that its own safety margin leaves the same six seconds.
/// </summary>
internal sealed class ExpiryUnderLoad : IMeasurement
{
    private const int Workers = 16, Delay = 300;
    private static readonly TimeSpan Usable = TimeSpan.FromSeconds(6), Blocked = TimeSpan.FromMilliseconds(Delay / 3);

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var duration = scale switch { Scale.Full => Usable * 5, Scale.Quick => Usable * 1.5, _ => TimeSpan.FromMilliseconds(50) };
        var rows = new List<Row>();
        var names = Contender.All(TestData.TokenEndpoint, () => new Instant()).Where(one => one.Keeps).ToList();
        // Side by side, each with an endpoint of its own: it is waiting that is measured, not work.
        rows.AddRange(await Task.WhenAll(names.Select((one, index) => RunAsync(index, one.Window, duration, scale))));
        foreach (var contender in names)
            contender.Dispose();
        return rows;
    }

    private static async Task<Row> RunAsync(int index, TimeSpan window, TimeSpan duration, Scale scale)
    {
        await using var server = await TokenServerProcess.StartAsync();
        var endpoint = server.TokenEndpoint(scale == Scale.Once ? 1 : Delay, (int)(window + Usable).TotalSeconds);
        var all = Contender.All(endpoint, Contender.Sockets);
        var contender = all.Where(one => one.Keeps).ElementAt(index);
        await contender.GetAsync();
        await server.CountAsync();
        var started = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(contender, started, duration))));
        var requests = await server.CountAsync();
        foreach (var one in all)
            one.Dispose();
        return new(
            $"Expiry, {Workers} workers, endpoint takes {Delay} ms", contender.Name, counts.Sum(count => count.Blocked), "calls that waited",
            Note: $"{requests} requests for {duration / Usable:0.#} lifetimes, {counts.Sum(count => count.Calls):N0} calls");
    }

    private static async Task<(int Blocked, int Calls)> WorkAsync(Contender contender, long started, TimeSpan duration)
    {
        var (blocked, calls) = (0, 0);
        for (; Stopwatch.GetElapsedTime(started) < duration; calls++)
        {
            var asked = Stopwatch.GetTimestamp();
            await contender.GetAsync();
            if (Stopwatch.GetElapsedTime(asked) > ExpiryUnderLoad.Blocked)
                blocked++;
            await Task.Delay(1);
        }
        return (blocked, calls);
    }
}
