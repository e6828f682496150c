using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.RegularExpressions;
using JwtGrantClient.Diagnostics;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that docs/telemetry.md lists every instrument, activity, tag and value, and nothing that does not exist.</summary>
public sealed partial class TelemetryPageTests
{
    private const string Page = "docs/telemetry.md";

    private static readonly string Text = SourceTree.Read(Page);

    [Fact]
    public void The_page_lists_each_instrument_with_its_kind_and_its_unit() => Assert.Equal(
        Instruments().Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order(StringComparer.Ordinal),
        InstrumentRow().Matches(Text).Select(row => $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}").Order(StringComparer.Ordinal));

    [Fact]
    public void Each_instrument_has_a_description() => Assert.All(Instruments(), instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));

    [Fact]
    public void The_page_lists_each_activity() => Assert.Equal(
        Constants(typeof(Activities)).Where(name => name.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal),
        Rows("Traces").Where(name => name.StartsWith("jwtgrantclient.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_lists_each_tag() => Assert.Equal(
        Constants(typeof(TelemetryTag)).Order(StringComparer.Ordinal), Rows("Tags").Where(name => name.Contains('.', StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void The_page_lists_each_reason_and_outcome() => Assert.Equal(
        Constants(typeof(AcquisitionReason)).Concat(Constants(typeof(TelemetryOutcome))).Order(StringComparer.Ordinal),
        Rows("Tags").Where(name => !name.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_row_of_a_tag_has_its_values()
    {
        AssertListed(TelemetryTag.StoreResult, Constants(typeof(StoreResult)));
        AssertListed(TelemetryTag.KeyUse, Constants(typeof(KeyUse)));
        AssertListed(TelemetryTag.ErrorType, Constants(typeof(ErrorTypes)));

        static void AssertListed(string tag, IEnumerable<string> values)
        {
            var row = Text.Split('\n').Single(line => line.StartsWith($"| `{tag}` |", StringComparison.Ordinal));
            Assert.All(values, value => Assert.Contains($"`{value}`", row, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_name_of_the_library_on_the_documentation_pages_exists()
    {
        var known = Instruments().Select(instrument => instrument.Name)
            .Concat(Constants(typeof(Activities))).Concat(Constants(typeof(TelemetryTag))).Append("jwtgrantclient.").ToHashSet();

        Findings.AssertNone(
            from path in SourceTree.FindFiles("docs", ".md")
            from Match name in TelemetryName().Matches(SourceTree.Read(path))
            where !known.Contains(name.Value.Trim('`'))
            select $"{path}: {name.Value}",
            "Correct the name.");
    }

    /// <summary>Returns the tags that the page lists for an instrument.</summary>
    internal static IReadOnlyList<string> TagsOf(string instrument) =>
        [.. TelemetryTagName().Matches(InstrumentRow().Matches(Text).Single(row => row.Groups["name"].Value == instrument).Groups["tags"].Value).Select(tag => tag.Groups["tag"].Value)];

    private static List<Instrument> Instruments()
    {
        using var meter = new Meter("JwtGrantClient");
        var instruments = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, meter))
                    instruments.Add(instrument);
            },
        };
        listener.Start();
        _ = new TokenMetrics(meter);
        return instruments;
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "Histogram" => "histogram",
        "ObservableCounter" => "observable counter",
        "ObservableUpDownCounter" => "observable up-down counter",
        "ObservableGauge" => "observable gauge",
        var other => other,
    };

    private static IEnumerable<string> Constants(Type type) =>
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public)
        where field.IsLiteral && field.FieldType == typeof(string)
        select (string)field.GetRawConstantValue()!;

    // The first cell of each row of the tables in a section.
    private static IEnumerable<string> Rows(string section)
    {
        var text = Text[Text.IndexOf($"\n## {section}\n", StringComparison.Ordinal)..];
        var end = text.IndexOf("\n## ", 4, StringComparison.Ordinal);
        return FirstCell().Matches(end < 0 ? text : text[..end]).Select(row => row.Groups["name"].Value);
    }

    [GeneratedRegex(@"^\| `(?<name>[^`]+)` \| (?<kind>[a-z -]+) \| `(?<unit>[^`]+)` \| (?<tags>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(@"^\| `(?<name>[^`]+)` \|(?! meaning| the token)", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    [GeneratedRegex("`(?<tag>[a-z_.]+)`")]
    private static partial Regex TelemetryTagName();

    [GeneratedRegex("`jwtgrantclient\\.[a-z_.]*`")]
    private static partial Regex TelemetryName();
}
