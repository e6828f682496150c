namespace JwtGrantClient.Tests.Simulations;

/// <summary>A tenth of the fleet of the README, or less, so that it takes a second.</summary>
public sealed class FleetSimulationTests
{
    [Fact]
    public async Task The_requests_of_a_fleet_spread_over_the_life_of_its_tokens()
    {
        var fleet = await Fleet.RunAsync("--pods", "1000");

        Assert.Equal(1000, fleet.Row("rollout").Requests);
        // U(0.50, 0.80) of an hour: a request each 2,340 s and pod.
        Assert.InRange(fleet.Figure("mean"), 0.41, 0.44);
        Assert.InRange(fleet.Figure("steady_peak"), 3, 6);
        Assert.InRange(fleet.Row("first cycle").Peak, 3, 8);
    }

    [Fact]
    public async Task An_outage_of_ten_minutes_costs_no_pod_second()
    {
        var fleet = await Fleet.RunAsync("--pods", "500", "--outage", "600");

        Assert.Equal(0, fleet.Figure("lost_pod_seconds"));
        // 35 requests a second for 10,000 processes: one attempt for each refresh in the background.
        Assert.InRange(fleet.Figure("outage_rate"), 0.5, 35 * 500 / 10_000.0);
        Assert.True(fleet.Row("outage 1").Requests > 500, "Nobody tried in vain: was there an outage?");
        Assert.Contains(
            "Of an outage's pod-seconds 0.00 % are lost on average, 0.00 % in the worst.", fleet.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_as_long_as_the_life_of_a_token_is_told_in_pod_seconds()
    {
        var fleet = await Fleet.RunAsync("--pods", "20", "--lifetime", "0:10:00", "--outage", "600");

        Assert.True(fleet.Figure("lost_pod_seconds") > 20 * 100, fleet.Output);
    }

    [Fact]
    public async Task With_a_second_level_one_pod_renews_for_all()
    {
        var fleet = await Fleet.RunAsync("--pods", "1000", "--shared");

        Assert.InRange(fleet.Row("rollout").Requests, 1, 15);
        Assert.InRange(fleet.Row("steady").Requests, 6, 7);
        Assert.Equal(1, fleet.Figure("steady_peak"));
        Assert.Contains("each of the 6 renewals in the steady time: 1.00 on average, 1 at most.", fleet.Output, StringComparison.Ordinal);
        Assert.EndsWith("shared=yes outage_rate=0.0", fleet.LastLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pods", "100", "--outage", "600")]
    [InlineData("--pods", "100", "--outage", "600", "--shared")]
    public async Task The_same_seed_gives_the_same_run_and_another_seed_another(params string[] options)
    {
        var first = await Fleet.RunAsync([.. options, "--seed", "7"]);
        var second = await Fleet.RunAsync([.. options, "--seed", "7"]);
        var other = await Fleet.RunAsync([.. options, "--seed", "8"]);

        Assert.Equal(first, second);
        Assert.NotEqual(first.Plot, other.Plot);
    }

    [Theory]
    [InlineData("--pods", "40", "--outage", "1200")]
    [InlineData("--pods", "40", "--outage", "1200", "--shared")]
    public async Task Calls_that_are_left_out_would_have_changed_nothing(params string[] options)
    {
        var some = await Fleet.RunAsync(options);
        var every = await Fleet.RunAsync([.. options, "--every-call"]);

        Assert.Equal(every, some);
    }

    [Fact]
    public async Task The_last_line_is_for_programs_and_the_plot_is_a_picture()
    {
        var fleet = await Fleet.RunAsync("--pods", "10", "--lifetime", "60", "--rollout", "5");

        Assert.Equal(0, fleet.ExitCode);
        Assert.Matches(Fleet.LastLineForm(), fleet.LastLine);
        Assert.StartsWith("pods=10 ", fleet.LastLine, StringComparison.Ordinal);
        Assert.Equal("svg", System.Xml.Linq.XDocument.Parse(fleet.Plot).Root!.Name.LocalName);
    }

    [Theory]
    [InlineData("There is no option '--pod'.", "--pod", "3")]
    [InlineData("--pods needs a value.", "--pods")]
    [InlineData("'0' is no value for --pods.", "--pods", "0")]
    [InlineData("'-1' is no value for --outage.", "--outage", "-1")]
    [InlineData("'1.5' is no value for --lifetime.", "--lifetime", "1.5")]
    [InlineData("--rollout is longer than --lifetime.", "--lifetime", "30", "--rollout", "31")]
    public async Task A_wrong_command_line_ends_with_2_and_the_usage(string problem, params string[] options)
    {
        var fleet = await Fleet.RunAsync(options);

        Assert.Equal(2, fleet.ExitCode);
        Assert.StartsWith($"{problem}\nUsage: ", fleet.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(fleet.Output);
    }
}
