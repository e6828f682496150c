using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>The time series of a scrape, and the selectors of PromQL expressions that choose from them.</summary>
internal static partial class PrometheusText
{
    // Prometheus adds them to each series that it scrapes.
    private static readonly string[] TargetLabels = ["job", "instance"];

    /// <summary>Reads the text format that a server of metrics responds with.</summary>
    public static IReadOnlyList<TimeSeries> Parse(string exposition) =>
        [.. Sample().Matches(exposition).Select(sample => new TimeSeries(
            sample.Groups["name"].Value,
            Label().Matches(sample.Groups["labels"].Value).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value)))];

    /// <summary>Returns the selectors of an expression, such as <c>x_total{error_type!=""}</c>.</summary>
    public static IReadOnlyList<string> Selectors(string expression) => [.. Selector().Matches(Grouping().Replace(expression, "")).Select(selector => selector.Value)];

    /// <summary>Returns the labels by which an expression groups or joins, and those of a legend.</summary>
    public static IReadOnlyList<string> GroupingLabels(string expressionOrLegend) =>
        [.. Grouping().Matches(expressionOrLegend).SelectMany(labels => labels.Groups["names"].Value.Split(',', StringSplitOptions.TrimEntries))
            .Concat(LegendLabel().Matches(expressionOrLegend).Select(label => label.Groups["name"].Value)).Where(label => !TargetLabels.Contains(label))];

    /// <summary>Returns the series that a selector chooses. A variable of a dashboard stands for any value.</summary>
    public static IReadOnlyList<TimeSeries> Select(IEnumerable<TimeSeries> series, string selector)
    {
        var name = selector.Split('{')[0];
        var matchers = Matcher().Matches(selector)
            .Where(matcher => !TargetLabels.Contains(matcher.Groups["label"].Value) && !matcher.Groups["value"].Value.StartsWith('$')).ToList();
        return [.. series.Where(candidate => candidate.Name == name && matchers.TrueForAll(matcher => Fits(candidate, matcher)))];
    }

    private static bool Fits(TimeSeries series, Match matcher)
    {
        // A label that is absent is empty.
        var actual = series.Labels.GetValueOrDefault(matcher.Groups["label"].Value, "");
        var wanted = matcher.Groups["value"].Value;
        return matcher.Groups["operator"].Value switch
        {
            "=" => actual == wanted,
            "!=" => actual != wanted,
            "=~" => Regex.IsMatch(actual, $"^(?:{wanted})$", RegexOptions.None, TimeSpan.FromSeconds(1)),
            _ => !Regex.IsMatch(actual, $"^(?:{wanted})$", RegexOptions.None, TimeSpan.FromSeconds(1)),
        };
    }

    [GeneratedRegex(@"^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? \S+", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex(@"(?<name>\w+)=""(?<value>(?:[^""\\]|\\.)*)""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bjwtgrantclient_\w+(?=[{\[)])(?:\{[^}]*\})?|\bjwtgrantclient_\w+(?= (?:[<>=!]|$))")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<label>\w+)(?<operator>=~|!~|!=|=)""(?<value>[^""]*)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(?:by|on) \((?<names>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\{\{ ?(?:\$labels\.)?(?<name>\w+) ?\}\}")]
    private static partial Regex LegendLabel();
}

/// <summary>A time series of a scrape.</summary>
/// <param name="Name">The name of the metric, with the suffix of its unit or kind.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record TimeSeries(string Name, IReadOnlyDictionary<string, string> Labels);
