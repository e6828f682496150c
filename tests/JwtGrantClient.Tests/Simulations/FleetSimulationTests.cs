using System.Globalization;

namespace JwtGrantClient.Tests.Simulations;

/// <summary>A tenth of the fleet in the simulation's README or less, so that a run takes about a second.</summary>
public sealed class FleetSimulationTests
{
    [Fact]
    public async Task The_requests_of_a_fleet_are_spread_over_the_lifetime_of_its_tokens()
    {
        var run = await SimulationRun.RunAsync("--pods", "1000");

        Assert.Equal(1000, run.Row("rollout").Requests);
        // The refresh time is U(0.50, 0.80) of an hour: one request per pod every 2,340 s.
        Assert.InRange(run.Figure("mean"), 0.41, 0.44);
        Assert.InRange(run.Figure("steady_peak"), 3, 6);
        Assert.InRange(run.Row("first cycle").Peak, 3, 8);
    }

    [Fact]
    public async Task No_pod_is_without_a_token_during_an_outage_of_ten_minutes()
    {
        var run = await SimulationRun.RunAsync("--pods", "500", "--outage", "600");

        Assert.Equal(0, run.Figure("lost_pod_seconds"));
        // 35 requests per second for 10,000 processes: one attempt for each background refresh.
        Assert.InRange(run.Figure("outage_rate"), 0.5, 35 * 500 / 10_000.0);
        Assert.True(run.Row("outage 1").Requests > 500, "No request failed. Was there an outage?");
        Assert.Contains(
            "Pod-seconds lost in an outage: 0.00 % on average, 0.00 % in the worst.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failing_endpoint_gets_few_requests_of_many_users_and_all_get_tokens_soon_after_it_recovers()
    {
        var run = await SimulationRun.RunAsync("--users", "1000", "--outage", "60");

        // Less than 16 s, the longest wait without a token.
        Assert.Matches(@"^users=1000 per_user=1\.0\d* in_outage=\d{2} metadata=1 peak=64 recovered_after=(\d|1[0-5])\.\d$", run.LastLine);
    }

    [Fact]
    public async Task No_call_fails_while_a_token_is_valid_whatever_the_endpoint_and_the_API_respond()
    {
        var run = await SimulationRun.RunAsync("--faults", "20");

        // The longest wait without a token is 16 s.
        Assert.Matches(@"^histories=20 calls=1\d{5} rejections=\d{3} failed_with_token=0 slowest_recovery=1?\d\.\d$", run.LastLine);
        Assert.InRange(double.Parse(run.LastLine.Split('=')[^1], CultureInfo.InvariantCulture), 1, 16);
    }

    [Fact]
    public async Task The_cache_returns_to_its_bound_after_canceled_calls_at_an_endpoint_that_hangs()
    {
        var run = await SimulationRun.RunAsync("--canceled", "20000");

        Assert.Matches(@"^calls=20000 canceled=1\d{4} bound=1000 peak_entries=[12]\d{3} entries_5s_after=1000$", run.LastLine);
    }

    [Fact]
    public async Task An_outage_as_long_as_the_lifetime_of_a_token_is_reported_in_lost_pod_seconds()
    {
        var run = await SimulationRun.RunAsync("--pods", "20", "--lifetime", "0:10:00", "--outage", "600");

        Assert.True(run.Figure("lost_pod_seconds") > 20 * 100, run.Output);
    }

    [Fact]
    public async Task With_a_second_level_one_pod_refreshes_the_token_for_all()
    {
        var run = await SimulationRun.RunAsync("--pods", "1000", "--shared");

        Assert.InRange(run.Row("rollout").Requests, 1, 15);
        Assert.InRange(run.Row("steady").Requests, 6, 7);
        Assert.Equal(1, run.Figure("steady_peak"));
        Assert.Contains("each of the 6 refreshes in the steady phase: 1.00 on average, 1 at most.", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("shared=yes outage_rate=0.0", run.LastLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pods", "100", "--outage", "600")]
    [InlineData("--pods", "100", "--outage", "600", "--shared")]
    public async Task The_same_seed_gives_the_same_run_and_another_seed_gives_a_different_run(params string[] options)
    {
        var first = await SimulationRun.RunAsync([.. options, "--seed", "7"]);
        var second = await SimulationRun.RunAsync([.. options, "--seed", "7"]);
        var other = await SimulationRun.RunAsync([.. options, "--seed", "8"]);

        Assert.Equal(first, second);
        Assert.NotEqual(first.Plot, other.Plot);
    }

    [Theory]
    [InlineData("--pods", "40", "--outage", "1200")]
    [InlineData("--pods", "40", "--outage", "1200", "--shared")]
    public async Task Skipping_calls_that_change_nothing_gives_the_same_result(params string[] options)
    {
        var selected = await SimulationRun.RunAsync(options);
        var every = await SimulationRun.RunAsync([.. options, "--every-call"]);

        Assert.Equal(every, selected);
    }

    [Fact]
    public async Task The_last_line_has_the_documented_format_and_the_plot_is_an_SVG_file()
    {
        var run = await SimulationRun.RunAsync("--pods", "10", "--lifetime", "60", "--rollout", "5");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(SimulationRun.LastLineFormat(), run.LastLine);
        Assert.StartsWith("pods=10 ", run.LastLine, StringComparison.Ordinal);
        Assert.Equal("svg", System.Xml.Linq.XDocument.Parse(run.Plot).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("Unknown option '--pod'.", "--pod", "3")]
    [InlineData("--pods needs a value.", "--pods")]
    [InlineData("'0' is not a valid value for --pods.", "--pods", "0")]
    [InlineData("'-1' is not a valid value for --outage.", "--outage", "-1")]
    [InlineData("'1.5' is not a valid value for --lifetime.", "--lifetime", "1.5")]
    [InlineData("--rollout is longer than --lifetime.", "--lifetime", "30", "--rollout", "31")]
    public async Task An_invalid_command_line_exits_with_2_and_prints_the_usage(string problem, params string[] options)
    {
        var run = await SimulationRun.RunAsync(options);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"{problem}\nUsage: ", run.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }
}
