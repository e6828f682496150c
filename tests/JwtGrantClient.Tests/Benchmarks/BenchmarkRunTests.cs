using System.Reflection;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks;

namespace JwtGrantClient.Tests.Benchmarks;

/// <summary>Runs every benchmark once, so that none rots between two measurements. It measures nothing.</summary>
public sealed class BenchmarkRunTests
{
    public static TheoryData<Type, string> All =>
    [
        .. from type in AllBenchmarks.Benchmarks
           from method in type.GetMethods()
           where method.GetCustomAttribute<BenchmarkAttribute>() is not null
           select new TheoryDataRow<Type, string>(type, method.Name),
    ];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Once(Type type, string method)
    {
        var benchmark = Activator.CreateInstance(type)!;
        await AllBenchmarks.CallAsync<GlobalSetupAttribute>(benchmark);

        var result = type.GetMethod(method)!.Invoke(benchmark, []);

        // What a benchmark measures it returns, so that the compiler cannot leave it out.
        Assert.NotNull(result);
        if (result is Task pending)
            await pending.WaitAsync(TestContext.Current.CancellationToken);
        await AllBenchmarks.CallAsync<GlobalCleanupAttribute>(benchmark);
    }

    public static TheoryData<Type> Measurements => [.. AllBenchmarks.Measurements];

    [Theory]
    [MemberData(nameof(Measurements))]
    public async Task Measured_once(Type measurement) => Assert.NotEqual(0, await AllBenchmarks.RunOnceAsync(measurement));
}
