using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using JwtGrantClient.Tests.Conventions;

namespace JwtGrantClient.Tests.Simulations;

/// <summary>A run of tests/JwtGrantClient.Simulations, as a process of its own: its thread pool has one thread.</summary>
internal sealed partial record Fleet(int ExitCode, string Output, string Errors, string Plot)
{
    public string LastLine => Output.TrimEnd('\n').Split('\n')[^1];

    public static async Task<Fleet> RunAsync(params string[] options)
    {
        var plot = Path.Combine(Path.GetTempPath(), $"fleet-{Path.GetRandomFileName()}.svg");
        try
        {
            var start = new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Program(), "--plot", plot, .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await using var leftover = TestContext.Current.CancellationToken.Register(process.Kill);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            var picture = File.Exists(plot) ? await File.ReadAllTextAsync(plot) : "";
            return new(process.ExitCode, (await output).ReplaceLineEndings("\n"), await errors, picture);
        }
        finally
        {
            File.Delete(plot);
        }
    }

    /// <summary>A number of the last line.</summary>
    public double Figure(string name) => double.Parse(LastLineForm().Match(LastLine).Groups[name].Value, CultureInfo.InvariantCulture);

    /// <summary>The numbers of a row of the table.</summary>
    public Row Row(string phase)
    {
        var cells = Output.Split('\n').Single(line => line.StartsWith($"{phase}  ", StringComparison.Ordinal))[phase.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        @"^pods=\d+ mean=(?<mean>\d+\.\d+) steady_peak=(?<steady_peak>\d+) lost_pod_seconds=(?<lost_pod_seconds>\d+) shared=(yes|no) outage_rate=(?<outage_rate>\d+\.\d+)$",
        RegexOptions.ExplicitCapture)]
    public static partial Regex LastLineForm();

    // As this build left it, in the configuration that runs now.
    private static string Program()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        const string name = "JwtGrantClient.Simulations";
        return Path.Combine(SourceTree.Root, "tests", name, "bin", framework.Parent!.Name, framework.Name, $"{name}.dll");
    }
}

/// <summary>What the tests want of a row.</summary>
internal readonly record struct Row(int Requests, int Peak);
