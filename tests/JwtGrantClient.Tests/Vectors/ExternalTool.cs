using System.Diagnostics;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>Runs a third-party program as a process.</summary>
internal static class ExternalTool
{
    public static bool IsInstalled(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, $"{name}.exe")));

    /// <summary>Returns true for exit code 0 and false for 1. Throws for every other code, because the tool verified nothing.</summary>
    public static async Task<bool> SucceedsAsync(string name, params string[] arguments)
    {
        Assert.True(IsInstalled(name), $"{name} is not installed. It is required in CI builds; install it with the system's package manager.");
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode switch
        {
            0 => true,
            1 => false,
            var code => throw new InvalidOperationException($"{name} ended with {code}: {output}"),
        };
    }
}
