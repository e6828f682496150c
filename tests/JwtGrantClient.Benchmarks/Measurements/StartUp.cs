using System.Diagnostics;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>
/// Measures the time from the start of a process to its end, with one token request: the programs of tests/JwtGrantClient.AotCheck, native and managed,
/// in turn. A full run publishes them first, which takes minutes. A quick run measures those that have been published.
/// </summary>
internal sealed class StartUp : IMeasurement
{
    private static readonly string[] OtherLibraries = ["Msal", "GoogleAuth"];

    // The first program of a group is the baseline of the others.
    private static readonly (string Group, string[] Programs)[] Groups =
    [
        ("start to first token", ["HandRolled", "WithoutContainer", "WithContainer", .. OtherLibraries]),
        ("start with a provider, container and configuration", ["WithContainer", "ProviderByName"]),
        ("start with a provider in code", ["WithoutContainer", "ProviderByCode"]),
    ];

    public async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        await using var server = await TokenServerProcess.StartAsync();
        var key = Path.GetTempFileName();
        await File.WriteAllTextAsync(key, TestData.RsaPem);
        await File.WriteAllTextAsync($"{key}.crt", TestData.Certificate.ExportCertificatePem());
        try
        {
            string[] arguments = [server.Address, server.TokenEndpoint().OriginalString, key];
            if (scale == Scale.Once)
                return await RunOnceAsync(arguments);
            var rows = new List<Row>();
            foreach (var native in (bool[])[true, false])
                foreach (var (group, programs) in Groups)
                    rows.AddRange(await RunAsync($"{(native ? "NativeAOT" : "JIT")} {group}", programs, native, arguments, scale));
            return rows;
        }
        finally
        {
            File.Delete(key);
            File.Delete($"{key}.crt");
        }
    }

    private static async Task<IReadOnlyList<Row>> RunOnceAsync(string[] arguments)
    {
        var program = ProgramFile.FromThisBuild("BothWays");
        return [new("JIT start to first token", program.Name, await TimeAsync(program, arguments), "ms")];
    }

    private static async Task<IEnumerable<Row>> RunAsync(string group, string[] names, bool native, string[] arguments, Scale scale)
    {
        var (programs, failed) = (new List<ProgramFile>(), new List<Row>());
        foreach (var name in names)
            if (await ProgramFile.FindAsync(name, native, mayPublish: scale == Scale.Full) is { } found)
            {
                if (await TryAsync(found, arguments) is { } failure)
                    failed.Add(new(group, name, double.NaN, "ms", Note: failure));
                else
                    programs.Add(found);
            }
        var times = programs.ConvertAll(_ => new List<double>());
        for (var round = 0; round < (scale == Scale.Full ? 41 : 5); round++)
            for (var i = 0; i < programs.Count; i++)
                times[i].Add(await TimeAsync(programs[i], arguments));
        return programs.Select((program, i) => new Row(
            group, program.Name, Statistics.Median(times[i]), "ms",
            Ratio: Statistics.Median(times[i].Zip(times[0], (one, minimum) => one / minimum)),
            Note: native ? $"{program.Bytes / 1048576.0:0.00} MiB, {program.Bytes / (double)programs[0].Bytes:0.00} x" : "")).Concat(failed);
    }

    // A failure of another library with NativeAOT is a result. A failure of this library is an error.
    private static async Task<string?> TryAsync(ProgramFile program, string[] arguments)
    {
        try
        {
            await TimeAsync(program, arguments);
            return null;
        }
        catch (InvalidOperationException e) when (OtherLibraries.Contains(program.Name))
        {
            return $"fails: {e.Message}";
        }
    }

    private static async Task<double> TimeAsync(ProgramFile program, string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(program.Start(arguments))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return process.ExitCode == 0 && output.Contains("Bearer token", StringComparison.Ordinal)
            ? elapsed
            : throw new InvalidOperationException($"{program.Name} ended with {process.ExitCode}: {output}{(await error).Split('\n')[0]}");
    }
}
