using System.ComponentModel;
using System.Diagnostics;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Runs command-line tools without a shell.</summary>
internal static class ProcessRunner
{
    /// <summary>
    /// Skips the test if a tool is not on the PATH. On a CI server the test runs anyway and fails.
    /// </summary>
    public static void RequireTools(params string[] tools)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = tools.Where(tool => !folders.Any(folder => File.Exists(Path.Combine(folder, tool)) || File.Exists(Path.Combine(folder, $"{tool}.exe"))));
        Assert.SkipWhen(
            missing.Any() && Environment.GetEnvironmentVariable("CI") != "true", $"Not on the PATH: {string.Join(", ", missing)}.");
    }

    /// <summary>Runs a tool and returns its standard output. The test fails if the tool is missing or returns a nonzero exit code.</summary>
    public static async Task<byte[]> RunAsync(string tool, byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            var (output, error) = (ReadAsync(process.StandardOutput.BaseStream), ReadAsync(process.StandardError.BaseStream));
            await process.StandardInput.BaseStream.WriteAsync(input, TestContext.Current.CancellationToken);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            var errorText = System.Text.Encoding.UTF8.GetString(await error);
            Assert.True(process.ExitCode == 0, $"{tool} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errorText}");
            return await output;
        }
        catch (Win32Exception e)
        {
            Assert.Fail($"This test needs the tool '{tool}' on the PATH; install it (on Debian: apt-get install {tool}). {e.Message}");
            throw;
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
