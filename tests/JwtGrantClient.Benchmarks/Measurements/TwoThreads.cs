using System.Diagnostics;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>Measures getting a cached token on one thread and on two threads, best of five, to show the effect of the second core.</summary>
internal sealed class TwoThreads : IMeasurement
{
    private const string Group = "Cached get, threads";

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var calls = scale switch { Scale.Full => 50_000_000, Scale.Quick => 10_000_000, _ => 100 };
        await using var tokens = TestData.TokenSource();
        await tokens.GetTokenAsync(TokenRequest.Default);
        Run(tokens, 1, Math.Min(calls, 1_000_000));
        var one = Enumerable.Range(0, 5).Max(_ => Run(tokens, 1, calls));
        var two = Enumerable.Range(0, 5).Max(_ => Run(tokens, 2, calls));
        return
        [
            new(Group, "one thread", one, "million/s", Ratio: 1),
            new(Group, "two threads", two, "million/s", Ratio: two / one),
        ];
    }

    // In millions of calls per second, over all threads.
    private static double Run(JwtGrantTokenSource tokens, int threads, int calls)
    {
        using var start = new Barrier(threads + 1);
        var running = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (var i = 0; i < calls; i++)
            {
                var pending = tokens.GetTokenAsync(TokenRequest.Default);
                if (!pending.IsCompletedSuccessfully)
                    throw new InvalidOperationException("The token was not cached.");
            }
        })).ToList();
        running.ForEach(thread => thread.Start());
        start.SignalAndWait();
        var started = Stopwatch.GetTimestamp();
        running.ForEach(thread => thread.Join());
        return threads * (double)calls / Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }
}
