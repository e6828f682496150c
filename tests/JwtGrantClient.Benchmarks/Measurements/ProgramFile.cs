using System.Diagnostics;
using JwtGrantClient.Benchmarks.Endpoint;

namespace JwtGrantClient.Benchmarks.Measurements;

/// <summary>A built or published program of tests/JwtGrantClient.AotCheck.</summary>
internal sealed record ProgramFile(string Name, string Path)
{
    public long Bytes => new FileInfo(Path).Length;

    public ProcessStartInfo Start(string[] arguments)
    {
        var isManaged = Path.EndsWith(".dll", StringComparison.Ordinal);
        return new(isManaged ? DotNetHost.Path : Path, isManaged ? [Path, .. arguments] : arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
    }

    /// <summary>Returns the program of this build, in the current configuration.</summary>
    public static ProgramFile FromThisBuild(string name)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        return new(name, System.IO.Path.Combine(
            Repository(), "tests", "JwtGrantClient.AotCheck", "bin", framework.Parent!.Name, framework.Name, $"{name}.dll"));
    }

    /// <summary>Publishes the program if that is allowed, and returns it; null if it has not been published.</summary>
    public static async Task<ProgramFile?> FindAsync(string name, bool native, bool mayPublish)
    {
        var artifacts = System.IO.Path.Combine(Repository(), "artifacts", "startup", native ? "native" : "managed", name);
        if (mayPublish)
            await PublishAsync(name, native, artifacts);
        var file = System.IO.Path.Combine(artifacts, "publish", "JwtGrantClient.AotCheck", "release", native ? name : $"{name}.dll");
        return File.Exists(file) ? new(name, file) : null;
    }

    private static async Task PublishAsync(string name, bool native, string artifacts)
    {
        string[] arguments =
        [
            "publish", System.IO.Path.Combine(Repository(), "tests", "JwtGrantClient.AotCheck"), "-c", "Release", "--artifacts-path", artifacts,
            $"-p:Program={name}", $"-p:PublishAot={native}", "-p:RunAnalyzers=false", "--disable-build-servers", "-nologo", "-v", "q",
        ];
        using var process = Process.Start(new ProcessStartInfo(DotNetHost.Path, arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{name} could not be published.");
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder.FullName, "JwtGrantClient.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Run the benchmarks inside a clone of the repository.");
        return folder.FullName;
    }
}
