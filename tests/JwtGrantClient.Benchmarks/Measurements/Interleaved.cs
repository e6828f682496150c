using System.Diagnostics;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the benchmark classes again, with a batch of each method in every round. A ratio is the median of the ratios of all rounds. The compared
/// batches ran within the same milliseconds, so a change in the speed of the machine affects them equally.
/// </summary>
internal sealed class Interleaved : IMeasurement
{
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(1), WarmUp = TimeSpan.FromMilliseconds(50);

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        var rows = new List<Row>();
        foreach (var type in AllBenchmarks.Benchmarks)
            foreach (var (benchmark, parameter) in InstancesOf(type, scale))
            {
                await AllBenchmarks.CallAsync<GlobalSetupAttribute>(benchmark);
                foreach (var group in type.GetMethods().Where(IsBenchmark).GroupBy(CategoryOf))
                    rows.AddRange(await RunAsync(string.Join(' ', new[] { type.Name, group.Key, parameter, "in turn" }.OfType<string>()), benchmark, [.. group], scale));
                await AllBenchmarks.CallAsync<GlobalCleanupAttribute>(benchmark);
            }
        return rows;
    }

    private static IEnumerable<(object Benchmark, string? Parameter)> InstancesOf(Type type, Scale scale)
    {
        var property = type.GetProperties().SingleOrDefault(one => one.GetCustomAttribute<ParamsAttribute>() is not null);
        if (property is null || scale == Scale.Once)
        {
            yield return (Activator.CreateInstance(type)!, null);
            yield break;
        }
        foreach (var value in property.GetCustomAttribute<ParamsAttribute>()!.Values)
        {
            var benchmark = Activator.CreateInstance(type)!;
            property.SetValue(benchmark, value);
            yield return (benchmark, $"{property.Name} {value:N0}");
        }
    }

    private static async Task<IEnumerable<Row>> RunAsync(string name, object benchmark, List<MethodInfo> methods, Scale scale)
    {
        var calls = methods.ConvertAll(method => method.CreateDelegate<Func<object>>(benchmark));
        var (warmUps, rounds) = scale switch { Scale.Full => (10, 500), Scale.Quick => (3, 50), _ => (0, 1) };
        var counts = calls.ConvertAll(_ => 1);
        for (var i = 0; i < warmUps; i++)
        {
            counts = calls.ConvertAll(call => CountCallsPerBatch(call, WarmUp));
            // The JIT compiler optimizes in the background after no new method was called for a tenth of a second.
            await Task.Delay(WarmUp * 4);
        }
        var times = methods.ConvertAll(_ => new double[rounds]);
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < calls.Count; i++)
                times[i][round] = Time(calls[i], counts[i]) / counts[i];
        var baseline = times[methods.FindIndex(method => method.GetCustomAttribute<BenchmarkAttribute>()!.Baseline)];
        return methods.Select((method, i) => new Row(
            name, method.Name, Statistics.Median(times[i]), "ns",
            Ratio: Statistics.Median(times[i].Zip(baseline, (one, minimum) => one / minimum)),
            Note: ReferenceEquals(times[i], baseline) ? "" : $"{Statistics.Median(times[i].Zip(baseline, (one, minimum) => one - minimum)):+0.0;-0.0} ns"));
    }

    /// <summary>Calls for the warm-up time, and returns the number of calls that fill a batch.</summary>
    private static int CountCallsPerBatch(Func<object> call, TimeSpan warmUp)
    {
        var count = 1;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < warmUp)
            count = Time(call, count) < Batch.TotalNanoseconds ? count * 2 : Math.Max(count / 2, 1);
        return count;
    }

    private static double Time(Func<object> call, int count)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
            call();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds;
    }

    private static bool IsBenchmark(MethodInfo method) => method.GetCustomAttribute<BenchmarkAttribute>() is not null;

    private static string? CategoryOf(MethodInfo method) => method.GetCustomAttribute<BenchmarkCategoryAttribute>()?.Categories[0];
}
