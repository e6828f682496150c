namespace JwtGrantClient.Interop.Tests;

/// <summary>Whatever is in examples is built, runs, and says by its exit code that all went as it should; a new example is found by itself.</summary>
public sealed class ExampleTests
{
    private const int AMinute = 60_000;

    private static readonly Dictionary<string, string[]> Arguments = new()
    {
        // A server, which ends when somebody stops it.
        ["AuthorizationServer"] = ["--help"],
        ["BatchJob"] = ["--Job:Duration=00:00:02"],
    };

    // RemoteSigner needs SoftHSM, and has its own tests in Pkcs11SigningTests.
    public static TheoryData<string> Names => [.. Example.Names.Where(name => name != "RemoteSigner")];

    [Theory(Timeout = AMinute)]
    [MemberData(nameof(Names))]
    public async Task To_its_end_without_an_error(string name)
    {
        var run = await Example.RunAsync(name, Arguments.GetValueOrDefault(name, []), TestContext.Current.CancellationToken);

        Assert.True(
            run is { ExitCode: 0, Errors: "", Lines.Length: > 0 },
            $"{name} ended with {run.ExitCode}:\n{string.Join('\n', run.Lines)}\n{run.Errors}");
    }

    [Fact]
    public void And_is_shown_in_the_list_of_examples() =>
        Assert.Equal([], Example.Names.Where(name => !Example.Readme.Contains($"\n| [{name}]({name}", StringComparison.Ordinal)));
}
