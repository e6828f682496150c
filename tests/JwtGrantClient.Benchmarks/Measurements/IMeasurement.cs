namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>How thoroughly to measure.</summary>
internal enum Scale
{
    /// <summary>For the smoke test: everything runs once, and the values are not meaningful.</summary>
    Once,

    /// <summary>All rows in under two minutes.</summary>
    Quick,

    /// <summary>For published numbers, on a quiet machine.</summary>
    Full,
}

/// <summary>A measurement that BenchmarkDotNet cannot make: interleaved clients, other processes, many callers, or elapsed time.</summary>
internal interface IMeasurement
{
    Task<IReadOnlyList<Row>> RunAsync(Scale scale);
}
