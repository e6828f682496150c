using BenchmarkDotNet.Reports;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks.Reports;

/// <summary>From BenchmarkDotNet's summaries to rows: one table for each class, and for each category of one that has categories.</summary>
internal static class BenchmarkRows
{
    public static IEnumerable<Row> Of(Summary summary)
    {
        foreach (var group in summary.Reports.GroupBy(GroupOf))
        {
            var floor = group.FirstOrDefault(report => report.BenchmarkCase.Descriptor.Baseline)?.ResultStatistics?.Mean;
            foreach (var report in group)
                yield return report.ResultStatistics is { } time
                    ? new(group.Key, NameOf(report), time.Mean, "ns", report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase), time.Mean / floor)
                    : new(group.Key, NameOf(report), double.NaN, "ns", Note: "failed: see the log");
        }
    }

    private static string GroupOf(BenchmarkReport report) => report.BenchmarkCase.Descriptor is var one && one.Categories.Length == 0
        ? one.Type.Name
        : $"{one.Type.Name} {string.Join(' ', one.Categories)}";

    private static string NameOf(BenchmarkReport report) => report.BenchmarkCase.HasParameters
        ? $"{report.BenchmarkCase.Descriptor.WorkloadMethod.Name} ({report.BenchmarkCase.Parameters.DisplayInfo.Trim('[', ']')})"
        : report.BenchmarkCase.Descriptor.WorkloadMethod.Name;
}
