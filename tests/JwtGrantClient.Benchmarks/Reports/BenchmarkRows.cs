using BenchmarkDotNet.Reports;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks.Reports;

/// <summary>Converts the summaries of BenchmarkDotNet to rows: one table for each class, category and set of parameters.</summary>
internal static class BenchmarkRows
{
    public static IEnumerable<Row> From(Summary summary)
    {
        foreach (var group in summary.Reports.GroupBy(GroupOf))
        {
            var baseline = group.FirstOrDefault(report => report.BenchmarkCase.Descriptor.Baseline)?.ResultStatistics?.Median;
            foreach (var report in group)
                yield return report.ResultStatistics is { } time
                    ? new(group.Key, report.BenchmarkCase.Descriptor.WorkloadMethod.Name, time.Median, "ns", report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase), time.Median / baseline)
                    : new(group.Key, report.BenchmarkCase.Descriptor.WorkloadMethod.Name, double.NaN, "ns", Note: "failed: see the log");
        }
    }

    private static string GroupOf(BenchmarkReport report)
    {
        var (one, parameters) = (report.BenchmarkCase.Descriptor, report.BenchmarkCase.Parameters);
        return string.Join(' ', [one.Type.Name, .. one.Categories, .. parameters.Items.Select(parameter => $"{parameter.Name} {parameter.Value:N0}")]);
    }
}
