using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using JwtGrantClient.Benchmarks;

// dotnet run -c Release --project tests/JwtGrantClient.Benchmarks -- [--quick] [BenchmarkDotNet's own options]
// --quick: every row with three short iterations, under two minutes.
var isQuick = args.Contains("--quick");
var job = isQuick ? Job.Default.WithWarmupCount(3).WithIterationCount(5).WithLaunchCount(1) : Job.Default;
var config = DefaultConfig.Instance.AddJob(job).AddDiagnoser(MemoryDiagnoser.Default);
string[] rest = [.. args.Where(argument => argument != "--quick")];
BenchmarkSwitcher.FromAssembly(typeof(CachedGet).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, config);
