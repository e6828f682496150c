using System.Diagnostics;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>Runs the programs in Programs/ with the OAuth clients of other languages. .ci/run installs what they need.</summary>
internal static class PeerProgram
{
    private static readonly Lazy<Task<string?>> Python = new(FindPythonAsync);

    /// <summary>Gets the folder with the programs and their npm packages.</summary>
    public static string Folder { get; } = Path.Combine(DotNet.Repository, "tests", "JwtGrantClient.Interop.Tests", "Peers", "Programs");

    /// <summary>Runs the program for openid-client (npm).</summary>
    public static async Task RunOpenIdClientAsync(params string[] arguments)
    {
        RequireInstalled(Directory.Exists(Path.Combine(Folder, "node_modules", "openid-client")), "openid-client is not installed: run npm ci in Peers/Programs.");
        await RunAsync("node", [Path.Combine(Folder, "openid-client.mjs"), .. arguments]);
    }

    /// <summary>Runs the program for Authlib (Debian: python3-authlib).</summary>
    public static async Task RunAuthlibAsync(params string[] arguments)
    {
        var python = await Python.Value;
        RequireInstalled(python is not null, "Authlib is not installed: install the packages python3-authlib and python3-requests of Debian.");
        await RunAsync(python!, [Path.Combine(Folder, "authlib_client.py"), .. arguments]);
    }

    /// <summary>Skips a test if a program is not installed. In a build with CI=true the test fails.</summary>
    public static void RequireInstalled(bool isInstalled, string reason)
    {
        Assert.SkipWhen(!isInstalled && Environment.GetEnvironmentVariable("CI") != "true", reason);
        Assert.True(isInstalled, reason);
    }

    private static async Task<string?> FindPythonAsync()
    {
        foreach (var python in (string[])["python3", "/usr/bin/python3"])
            if (await TryRunAsync(python, ["-c", "import authlib, requests"]) is { ExitCode: 0 })
                return python;
        return null;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        var run = await TryRunAsync(program, arguments) ?? throw new InvalidOperationException($"{program} is not installed.");
        if (run.ExitCode != 0)
            throw new PeerFailedException(run.Errors);
        Assert.Matches("^[Bb]earer token, 300 s$", run.Output.Trim());
    }

    private static async Task<Run?> TryRunAsync(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return new(process.ExitCode, await output, await errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private sealed record Run(int ExitCode, string Output, string Errors);
}

/// <summary>A program of another language obtained no token.</summary>
/// <param name="errors">What it wrote.</param>
internal sealed class PeerFailedException(string errors) : Exception(errors);
