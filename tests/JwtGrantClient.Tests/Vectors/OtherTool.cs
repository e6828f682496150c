using System.Diagnostics;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>A program of somebody else's, run as a process.</summary>
internal static class OtherTool
{
    public static bool IsInstalled(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, name)) || File.Exists(Path.Combine(folder, $"{name}.exe")));

    /// <summary>True for exit code 0, false for 1; anything else means that the tool judged nothing.</summary>
    public static async Task<bool> SucceedsAsync(string name, params string[] arguments)
    {
        Assert.True(IsInstalled(name), $"{name} is not installed, and this build is under CI, where it must be: install it with the system's package manager.");
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)
            + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode switch
        {
            0 => true,
            1 => false,
            var code => throw new InvalidOperationException($"{name} ended with {code}: {said}"),
        };
    }
}
