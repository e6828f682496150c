using System.Globalization;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using JwtGrantClient.Benchmarks;
using JwtGrantClient.Benchmarks.Endpoint;
using JwtGrantClient.Benchmarks.Measurements;
using JwtGrantClient.Benchmarks.Reports;

// dotnet run -c Release --project tests/JwtGrantClient.Benchmarks -- [--quick] [--output FOLDER] [--only NAME]
//   --quick   all rows in under two minutes; native programs only if an earlier full run has published them
//   --output  the folder of benchmarks.md and benchmarks.svg; default: artifacts/benchmarks
//   --only    only the benchmark classes and measurements whose name contains NAME
if (args is ["serve"])
{
    await TokenServer.RunAsync();
    return;
}
var scale = args.Contains("--quick") ? Scale.Quick : Scale.Full;
var output = Option("--output") ?? Path.Combine("artifacts", "benchmarks");
var only = Option("--only") ?? "";
var rows = new List<Row>();

// In this process, so that the other libraries are in the same run and no project is generated under this repository's strict rules.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
// Otherwise a noisy machine would run up to a hundred iterations for each row. That does not help, because all rows have the same noise.
job = job.WithMaxIterationCount(20);
if (scale == Scale.Quick)
    job = job.WithWarmupCount(2).WithIterationCount(3).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(100));
var config = DefaultConfig.Instance.AddJob(job).AddDiagnoser(MemoryDiagnoser.Default).WithArtifactsPath(Path.Combine(output, "log"));
foreach (var type in AllBenchmarks.Benchmarks.Where(IsSelected))
    rows.AddRange(BenchmarkRows.From(BenchmarkRunner.Run(type, config)));
foreach (var measurement in AllBenchmarks.Measurements.Where(IsSelected))
    rows.AddRange(await ((IMeasurement)Activator.CreateInstance(measurement)!).RunAsync(scale));

var machine = string.Create(
    CultureInfo.InvariantCulture,
    $"{DateTime.UtcNow:yyyy-MM-dd}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {scale} run.");
Directory.CreateDirectory(output);
var markdown = MarkdownReport.Write(rows, machine);
await File.WriteAllTextAsync(Path.Combine(output, "benchmarks.md"), markdown);
await File.WriteAllTextAsync(Path.Combine(output, "benchmarks.svg"), SvgChart.Write(rows));
Console.WriteLine(markdown);

string? Option(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;

bool IsSelected(Type type) => type.Name.Contains(only, StringComparison.OrdinalIgnoreCase);
