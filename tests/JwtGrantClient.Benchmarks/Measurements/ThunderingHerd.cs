using System.Diagnostics;
using JwtGrantClient.Benchmarks.Clients;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>Thousands of concurrent callers without a cached token, and an endpoint that takes 300 ms.</summary>
internal sealed class ThunderingHerd : IMeasurement
{
    private const int Delay = 300;

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        await using var server = await TokenServerProcess.StartAsync();
        var rows = new List<Row>();
        foreach (var callers in scale switch { Scale.Full => [1_000, 10_000], Scale.Quick => [1_000, 10_000], _ => new[] { 20 } })
            foreach (var client in TokenClient.CreateAll(server.TokenEndpoint(scale == Scale.Once ? 1 : Delay), TokenClient.CreateHandler))
            {
                using (client)
                    if (client.CachesTokens)
                        rows.Add(await RunAsync(client, callers, server));
            }
        return rows;
    }

    private static async Task<Row> RunAsync(TokenClient client, int callers, TokenServerProcess server)
    {
        await server.CountAsync();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Enumerable.Range(0, callers).Select(_ => CallAsync(client, start.Task)).ToArray();
        var started = Stopwatch.GetTimestamp();
        start.SetResult();
        await Task.WhenAll(waiting);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return new($"Herd of {callers:N0}, endpoint takes {Delay} ms", client.Name, elapsed, "ms", Note: $"{await server.CountAsync()} requests");
    }

    private static async Task CallAsync(TokenClient client, Task start)
    {
        await start;
        await client.GetAsync();
    }
}
