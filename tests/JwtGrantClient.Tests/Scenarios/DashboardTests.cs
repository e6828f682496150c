using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JwtGrantClient.Tests.Conventions;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// The dashboard and the alerts of docs/telemetry/ choose time series that the Prometheus exporter of OpenTelemetry has after each fault: with these names, labels and values.
/// </summary>
public sealed partial class DashboardTests
{
    private const string Dashboard = "docs/telemetry/grafana-dashboard.json", Alerts = "docs/telemetry/prometheus-alerts.yml", Page = "docs/telemetry.md";

    private static IEnumerable<JsonNode> Panels => JsonNode.Parse(SourceTree.Read(Dashboard))!["panels"]!.AsArray().Select(panel => panel!);

    private static IEnumerable<(string Expression, string Legend)> PanelQueries =>
        from panel in Panels
        from target in panel["targets"]?.AsArray() ?? []
        select ((string)target!["expr"]!, (string)target["legendFormat"]!);

    private static IReadOnlyList<(string Name, string Expression, string Text)> AlertRules =>
        [.. Rule().Matches(SourceTree.Read(Alerts)).Select(rule => (rule.Groups["name"].Value, rule.Groups["expression"].Value, rule.Groups["text"].Value))];

    [Fact]
    public async Task The_exporter_has_each_time_series_that_the_dashboard_and_the_alerts_choose()
    {
        await using var fleet = await FaultyFleet.StartAsync();
        var series = PrometheusText.Parse(await fleet.ScrapeAsync());
        List<(string Expression, string Legend)> queries = [.. PanelQueries, .. AlertRules.Select(rule => (rule.Expression, rule.Text))];

        var missing = new List<string>();
        foreach (var (expression, legend) in queries)
        {
            var selectors = PrometheusText.Selectors(expression);
            Assert.NotEmpty(selectors);
            var chosen = selectors.Select(selector => PrometheusText.Select(series, selector)).ToList();
            missing.AddRange(selectors.Where((_, i) => chosen[i].Count == 0).Select(selector => $"{selector} in {expression}"));
            var labels = chosen.SelectMany(group => group).SelectMany(one => one.Labels.Keys).ToHashSet();
            missing.AddRange(PrometheusText.GroupingLabels($"{expression} {legend}").Where(label => !labels.Contains(label)).Select(label => $"label {label} of {expression}"));
        }

        Assert.Empty(missing.Distinct());
    }

    [Fact]
    public async Task Each_metric_of_the_library_is_on_the_dashboard()
    {
        await using var fleet = await FaultyFleet.StartAsync();
        var used = PanelQueries.SelectMany(query => PrometheusText.Selectors(query.Expression)).Select(selector => Instrument(selector.Split('{')[0])).ToHashSet();

        Assert.Empty(PrometheusText.Parse(await fleet.ScrapeAsync()).Select(one => one.Name).Where(name => name.StartsWith("jwtgrantclient", StringComparison.Ordinal)).Select(Instrument).Distinct().Except(used));

        static string Instrument(string series) => HistogramSuffix().Replace(series, "");
    }

    [Fact]
    public void The_dashboard_can_be_imported()
    {
        var panels = Panels.ToList();

        Assert.Equal(panels.Count, panels.Select(panel => (int)panel["id"]!).Distinct().Count());
        Assert.All(panels.Where(panel => (string)panel["type"]! != "row"), panel => Assert.True((string?)panel["description"] is { Length: > 0 }));
        var names = JsonNode.Parse(SourceTree.Read(Dashboard))!["templating"]!["list"]!.AsArray().Select(variable => (string)variable!["name"]!).Concat(["__rate_interval", "__all"]).ToHashSet();
        Assert.All(Variable().Matches(SourceTree.Read(Dashboard)), variable => Assert.Contains(variable.Groups["name"].Value, names));
    }

    [Fact]
    public void Each_alert_has_a_severity_a_summary_and_what_to_do()
    {
        var text = SourceTree.Read(Alerts);

        Assert.Equal(AlertRules.Count, text.Split('\n').Count(line => line.Contains("- alert:", StringComparison.Ordinal)));
        Assert.All(AlertRules, rule =>
        {
            Assert.Matches("severity: (warning|critical)", rule.Text);
            Assert.Contains("summary: \"", rule.Text, StringComparison.Ordinal);
            Assert.Contains("description: \"", rule.Text, StringComparison.Ordinal);
        });
        Assert.Equal(AlertRules.Count, AlertRules.Select(rule => rule.Name).Distinct().Count());
    }

    [Fact]
    public void The_table_of_faults_names_existing_alerts_and_panels_and_each_alert_is_in_it()
    {
        var page = SourceTree.Read(Page);
        var table = page[page.IndexOf("\n## Which fault is it?", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n## ", 4, StringComparison.Ordinal)];
        var panels = Panels.Select(panel => (string)panel["title"]!).ToHashSet();

        Assert.Equal(AlertRules.Select(rule => rule.Name).Order(), AlertName().Matches(table).Select(name => name.Value).Distinct().Order());
        var named = PanelName().Matches(table).Select(panel => panel.Groups["title"].Value).ToList();
        Assert.NotEmpty(named);
        Assert.All(named, title => Assert.Contains(title, panels));
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)\n +expr: (?<expression>.+)\n(?<text>(?:(?! *- alert).*\n)*)")]
    private static partial Regex Rule();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex HistogramSuffix();

    [GeneratedRegex(@"\$\{?(?<name>\w+)\}?")]
    private static partial Regex Variable();

    [GeneratedRegex(@"JwtGrantClient(?:Has|Is|Refreshes|Requests|Token|New|Clock|Certificate|Signing|Circuit|Api|Callers|Cache|Shared)\w+")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\*(?<title>[A-Z][^*|]+)\*")]
    private static partial Regex PanelName();
}
