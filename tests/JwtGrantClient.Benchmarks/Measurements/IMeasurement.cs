namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>How thoroughly to measure.</summary>
internal enum Scale
{
    /// <summary>For the smoke test: everything runs, nothing is worth reading.</summary>
    Once,

    /// <summary>All rows in under two minutes.</summary>
    Quick,

    /// <summary>For numbers that are published, on a quiet machine.</summary>
    Full,
}

/// <summary>What BenchmarkDotNet cannot measure: several parties in turn, other processes, crowds, time that passes.</summary>
internal interface IMeasurement
{
    Task<IReadOnlyList<Row>> RunAsync(Scale scale);
}
