using System.Reflection;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks;

/// <summary>All that can be measured, found by what it is, so that nothing new is forgotten.</summary>
public static class AllBenchmarks
{
    /// <summary>Classes for BenchmarkDotNet.</summary>
    public static IReadOnlyList<Type> Benchmarks { get; } =
        [.. Types.Where(type => type.GetMethods().Any(method => method.GetCustomAttribute<BenchmarkAttribute>() is not null))];

    /// <summary>Measurements that BenchmarkDotNet cannot make.</summary>
    public static IReadOnlyList<Type> Measurements { get; } =
        [.. Types.Where(type => type.IsAssignableTo(typeof(IMeasurement)) && type.IsClass)];

    /// <summary>Calls a benchmark's methods that have an attribute: what comes before it, or after.</summary>
    public static async Task CallAsync<TAttribute>(object benchmark)
        where TAttribute : Attribute
    {
        foreach (var method in benchmark.GetType().GetMethods().Where(method => method.GetCustomAttribute<TAttribute>() is not null))
            if (method.Invoke(benchmark, []) is Task task)
                await task;
    }

    private static IEnumerable<Type> Types => typeof(AllBenchmarks).Assembly.GetTypes().OrderBy(type => type.Name, StringComparer.Ordinal);

    /// <summary>Runs a measurement once, so that it is seen to work. What it returns is not worth reading.</summary>
    /// <returns>How many rows there were.</returns>
    public static async Task<int> RunOnceAsync(Type measurement) =>
        (await ((IMeasurement)Activator.CreateInstance(measurement)!).RunAsync(Scale.Once)).Count;
}
