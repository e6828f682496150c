using System.Globalization;
using System.Text;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks.Reports;

/// <summary>Writes the rows as Markdown tables, after a description of the machine.</summary>
internal static class MarkdownReport
{
    public static string Write(IReadOnlyList<Row> rows, string machine)
    {
        var text = new StringBuilder().AppendLine("# Benchmarks").AppendLine().AppendLine(machine);
        foreach (var group in rows.GroupBy(row => row.Group))
        {
            text.AppendLine().AppendLine(Invariant($"## {group.Key}")).AppendLine();
            text.AppendLine(Invariant($"| | {group.First().Unit} | ratio | bytes | |")).AppendLine("|---|---:|---:|---:|---|");
            foreach (var row in group)
                text.AppendLine(Invariant($"| {row.Name} | {Number(row.Value)} | {row.Ratio:0.00} | {row.Bytes:0} | {row.Note} |"));
        }
        return text.ToString();
    }

    /// <summary>Formats a number with three significant digits; an empty string for NaN.</summary>
    public static string Number(double value) => double.IsNaN(value)
        ? ""
        : value.ToString(value switch { < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
