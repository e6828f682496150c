using System.Globalization;
using System.Xml.Linq;
using JwtGrantClient.Benchmarks.Measurements;

namespace JwtGrantClient.Benchmarks.Reports;

/// <summary>Draws the rows as bars, with a separate scale for each table. The bars of this library have another colour.</summary>
internal static class SvgChart
{
    private const int Line = 20, Head = 30, Left = 250, Bar = 420, Width = 760;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly string[] OwnNames = ["JwtGrantClient", "Cached", "TokenHandler", "AssertionRsa", "AssertionEc", "WithoutContainer", "WithContainer", "Provider"];

    public static string Write(IReadOnlyList<Row> rows)
    {
        var shapes = new List<XElement>();
        var y = 10;
        foreach (var group in rows.GroupBy(row => row.Group))
        {
            var max = group.Max(row => double.IsNaN(row.Value) ? 0 : row.Value);
            shapes.Add(Text(10, y + 15, $"{group.Key} ({group.First().Unit})", "bold"));
            y += Head;
            foreach (var row in group)
            {
                var length = max > 0 && !double.IsNaN(row.Value) ? row.Value / max * Bar : 0;
                shapes.Add(Text(20, y + 12, row.Name, "normal"));
                shapes.Add(Rectangle(Left, y, Math.Max(length, 1), OwnNames.Any(row.Name.StartsWith) ? "#1f77b4" : "#b0b0b0"));
                shapes.Add(Text(Left + (int)length + 6, y + 12, MarkdownReport.Number(row.Value), "normal"));
                y += Line;
            }
        }
        return new XElement(
            Svg + "svg", new XAttribute("width", Width), new XAttribute("height", y + 10), new XAttribute("font-family", "sans-serif"),
            new XElement(Svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("fill", "white")),
            shapes).ToString();
    }

    private static XElement Text(int x, int y, string text, string weight) => new(
        Svg + "text", new XAttribute("x", x), new XAttribute("y", y), new XAttribute("font-size", 12), new XAttribute("font-weight", weight), text);

    private static XElement Rectangle(int x, int y, double width, string fill) => new(
        Svg + "rect", new XAttribute("x", x), new XAttribute("y", y), new XAttribute("height", Line - 5),
        new XAttribute("width", width.ToString("0.#", CultureInfo.InvariantCulture)), new XAttribute("fill", fill));
}
