using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using JwtGrantClient.Tests.Conventions;

namespace JwtGrantClient.Tests.Simulations;

/// <summary>A run of tests/JwtGrantClient.Simulations in its own process, because its thread pool has one thread.</summary>
internal sealed partial record SimulationRun(int ExitCode, string Output, string Errors, string Plot)
{
    public string LastLine => Output.TrimEnd('\n').Split('\n')[^1];

    public static async Task<SimulationRun> RunAsync(params string[] options)
    {
        var plot = Path.Combine(Path.GetTempPath(), $"fleet-{Path.GetRandomFileName()}.svg");
        try
        {
            var start = new ProcessStartInfo(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [ProgramPath(), "--plot", plot, .. options])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await using var killOnCancellation = TestContext.Current.CancellationToken.Register(process.Kill);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            var svg = File.Exists(plot) ? await File.ReadAllTextAsync(plot) : "";
            return new(process.ExitCode, (await output).ReplaceLineEndings("\n"), await errors, svg);
        }
        finally
        {
            File.Delete(plot);
        }
    }

    /// <summary>Returns a number of the last line.</summary>
    public double Figure(string name) => double.Parse(LastLineFormat().Match(LastLine).Groups[name].Value, CultureInfo.InvariantCulture);

    /// <summary>Returns the numbers of a row of the table.</summary>
    public Row Row(string phase)
    {
        var cells = Output.Split('\n').Single(line => line.StartsWith($"{phase}  ", StringComparison.Ordinal))[phase.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(int.Parse(cells[1], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        @"^pods=\d+ mean=(?<mean>\d+\.\d+) steady_peak=(?<steady_peak>\d+) lost_pod_seconds=(?<lost_pod_seconds>\d+) shared=(yes|no) outage_rate=(?<outage_rate>\d+\.\d+)$",
        RegexOptions.ExplicitCapture)]
    public static partial Regex LastLineFormat();

    // The output of this build, in the current configuration.
    private static string ProgramPath()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        const string name = "JwtGrantClient.Simulations";
        return Path.Combine(SourceTree.Root, "tests", name, "bin", framework.Parent!.Name, framework.Name, $"{name}.dll");
    }
}

/// <summary>The numbers of a row that the tests use.</summary>
internal readonly record struct Row(int Requests, int Peak);
