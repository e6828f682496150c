using System.Reflection;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks;

/// <summary>All benchmarks and measurements, found by reflection, so that a new one is included.</summary>
public static class AllBenchmarks
{
    /// <summary>The benchmark classes for BenchmarkDotNet.</summary>
    public static IReadOnlyList<Type> Benchmarks { get; } =
        [.. Types.Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null))];

    /// <summary>The measurements that BenchmarkDotNet cannot make.</summary>
    public static IReadOnlyList<Type> Measurements { get; } =
        [.. Types.Where(type => type.IsAssignableTo(typeof(IMeasurement)) && type.IsClass)];

    /// <summary>Calls the methods of a benchmark that have an attribute, for its setup or its cleanup.</summary>
    public static async Task CallAsync<TAttribute>(object benchmark)
        where TAttribute : Attribute
    {
        foreach (var method in benchmark.GetType().GetMethods().Where(method => method.GetCustomAttribute<TAttribute>() is not null))
            if (method.Invoke(benchmark, []) is Task task)
                await task;
    }

    private static IEnumerable<Type> Types => typeof(AllBenchmarks).Assembly.GetTypes().OrderBy(type => type.Name, StringComparer.Ordinal);

    /// <summary>Runs a measurement once, to check that it works. The measured values are not meaningful.</summary>
    /// <returns>The number of rows.</returns>
    public static async Task<int> RunOnceAsync(Type measurement) =>
        (await ((IMeasurement)Activator.CreateInstance(measurement)!).RunAsync(Scale.Once)).Count;
}
