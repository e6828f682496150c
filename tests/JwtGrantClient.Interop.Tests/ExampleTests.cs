namespace JwtGrantClient.Interop.Tests;

/// <summary>Builds and runs every project in the examples folder and checks its exit code. New examples are found automatically.</summary>
public sealed class ExampleTests
{
    private const int TimeoutMilliseconds = 180_000;

    private static readonly Dictionary<string, string[]> Arguments = new()
    {
        // The server runs until it is stopped.
        ["AuthorizationServer"] = ["--help"],
        ["BatchJob"] = ["--Job:Duration=00:00:02"],
    };

    // RemoteSigner needs SoftHSM and is tested in Pkcs11SigningTests.
    public static TheoryData<string> Names => [.. Example.Names.Where(name => name != "RemoteSigner")];

    [Theory(Timeout = TimeoutMilliseconds)]
    [MemberData(nameof(Names))]
    public async Task An_example_runs_without_an_error(string name)
    {
        var run = await Example.RunAsync(name, Arguments.GetValueOrDefault(name, []), TestContext.Current.CancellationToken);

        Assert.True(
            run is { ExitCode: 0, Errors: "", Lines.Length: > 0 },
            $"{name} ended with {run.ExitCode}:\n{string.Join('\n', run.Lines)}\n{run.Errors}");
    }

    [Theory(Timeout = TimeoutMilliseconds)]
    [InlineData("none", "jwtgrantclient.outcome: acquired"), InlineData("down", "error.type: connection_failed")]
    public async Task Observability_exports_metrics_traces_and_logs_to_the_console(string fault, string tag)
    {
        var run = await Example.RunAsync("Observability", ["--fault", fault, "--seconds", "4"], TestContext.Current.CancellationToken);

        Assert.True(run is { ExitCode: 0, Errors: "" }, $"{run.ExitCode}\n{run.Errors}");
        foreach (var text in new[] { "jwtgrantclient.acquisitions", "jwtgrantclient.attempt", "LogRecord.CategoryName", tag })
            Assert.Contains(run.Lines, line => line.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_example_is_listed_in_the_README_of_the_examples() =>
        Assert.Equal([], Example.Names.Where(name => !Example.Readme.Contains($"\n| [{name}]({name}", StringComparison.Ordinal)));
}
