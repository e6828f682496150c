using System.Diagnostics;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>Runs a third-party program as a process.</summary>
internal static class ExternalTool
{
    public static bool IsInstalled(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, $"{name}.exe")));

    /// <summary>Skips the test if a program is not installed. In CI builds the test runs anyway and fails.</summary>
    public static void Require(string name) =>
        Assert.SkipWhen(!IsInstalled(name) && Environment.GetEnvironmentVariable("CI") != "true", $"Not on the PATH: {name}.");

    /// <summary>Returns true for exit code 0 and false for 1. Throws for every other code, because the tool verified nothing.</summary>
    public static async Task<bool> SucceedsAsync(string name, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync(name, arguments);
        return exitCode switch
        {
            0 => true,
            1 => false,
            var code => throw new InvalidOperationException($"{name} ended with {code}: {output}"),
        };
    }

    /// <summary>Runs a program and returns its exit code with what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string name, params string[] arguments)
    {
        Assert.True(IsInstalled(name), $"{name} is not installed. It is required in CI builds; install it with the system's package manager.");
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
