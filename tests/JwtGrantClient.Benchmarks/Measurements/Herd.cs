using System.Diagnostics;
using JwtGrantClient.Benchmarks.Contenders;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>Thousands of callers at once, none of whom has a token yet, and an endpoint that takes 300 ms.</summary>
internal sealed class Herd : IMeasurement
{
    private const int Delay = 300;

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        await using var server = await TokenServerProcess.StartAsync();
        var rows = new List<Row>();
        foreach (var callers in scale switch { Scale.Full => [1_000, 10_000], Scale.Quick => [1_000, 10_000], _ => new[] { 20 } })
            foreach (var contender in Contender.All(server.TokenEndpoint(scale == Scale.Once ? 1 : Delay), Contender.Sockets))
            {
                using (contender)
                    if (contender.Keeps)
                        rows.Add(await RunAsync(contender, callers, server));
            }
        return rows;
    }

    private static async Task<Row> RunAsync(Contender contender, int callers, TokenServerProcess server)
    {
        await server.CountAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, callers).Select(_ => CallAsync(contender, gate.Task)).ToArray();
        var started = Stopwatch.GetTimestamp();
        gate.SetResult();
        await Task.WhenAll(waiting);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new($"Herd of {callers:N0}, endpoint takes {Delay} ms", contender.Name, elapsed, "ms", Note: $"{await server.CountAsync()} requests");
    }

    private static async Task CallAsync(Contender contender, Task gate)
    {
        await gate;
        await contender.GetAsync();
    }
}
