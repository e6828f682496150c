using System.Reflection;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks;

namespace JwtGrantClient.Tests.Benchmarks;

/// <summary>Runs every benchmark once, without measuring, so that a broken benchmark is found early.</summary>
public sealed class BenchmarkRunTests
{
    public static TheoryData<Type, string> AllMethods =>
    [
        .. from type in AllBenchmarks.Benchmarks
           from method in type.GetMethods()
           where method.GetCustomAttribute<BenchmarkAttribute>() is not null
           select new TheoryDataRow<Type, string>(type, method.Name),
    ];

    [Theory]
    [MemberData(nameof(AllMethods))]
    public async Task Each_benchmark_runs_once(Type type, string method)
    {
        var benchmark = Activator.CreateInstance(type)!;
        await AllBenchmarks.CallAsync<GlobalSetupAttribute>(benchmark);

        var result = type.GetMethod(method)!.Invoke(benchmark, []);

        // A benchmark returns what it measures, so that the compiler cannot remove the call.
        Assert.NotNull(result);
        if (result is Task pending)
            await pending.WaitAsync(TestContext.Current.CancellationToken);
        await AllBenchmarks.CallAsync<GlobalCleanupAttribute>(benchmark);
    }

    public static TheoryData<Type> Measurements => [.. AllBenchmarks.Measurements];

    [Theory]
    [MemberData(nameof(Measurements))]
    public async Task Each_measurement_runs_once(Type measurement) => Assert.NotEqual(0, await AllBenchmarks.RunOnceAsync(measurement));
}
