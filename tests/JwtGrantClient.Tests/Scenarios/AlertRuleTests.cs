using System.Text.RegularExpressions;
using JwtGrantClient.Tests.Conventions;
using JwtGrantClient.Tests.Vectors;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// The alert rules of docs/telemetry/, which promtool of Prometheus evaluates over the time series in the folder Alerts: when they fire, with what text, and when they do not.
/// </summary>
public sealed partial class AlertRuleTests
{
    private const string Rules = "docs/telemetry/prometheus-alerts.yml", Folder = "tests/JwtGrantClient.Tests/Scenarios/Alerts";

    public static TheoryData<string> Files => [.. SourceTree.FindFiles(Folder, ".yml")];

    [Fact]
    public async Task Promtool_accepts_the_rules() => await SucceedsAsync("check", "rules", Rules);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_alerts_fire_during_their_faults_only(string file) => await SucceedsAsync("test", "rules", file);

    [Fact]
    public void Each_alert_has_a_test_in_which_it_fires()
    {
        var alerts = AlertRule().Matches(SourceTree.Read(Rules)).Select(rule => rule.Groups["name"].Value).Order().ToList();
        var firing = Files.SelectMany(file => FiringTest().Matches(SourceTree.Read(file))).Select(test => test.Groups["name"].Value).Distinct().Order();

        Assert.NotEmpty(alerts);
        Assert.Equal(alerts, firing);
    }

    private static async Task SucceedsAsync(string command, string subject, string file)
    {
        ExternalTool.Require("promtool");
        var (exitCode, output) = await ExternalTool.RunAsync("promtool", command, subject, Path.Combine(SourceTree.Root, file));

        Assert.True(exitCode == 0, output);
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)\n")]
    private static partial Regex AlertRule();

    // An anchor, an alias of one, or a list of alerts. "[]" is a test in which the alert does not fire.
    [GeneratedRegex(@"alertname: (?<name>\w+)\n +exp_alerts:(?! \[\])")]
    private static partial Regex FiringTest();
}
