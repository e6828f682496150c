using System.Diagnostics;

namespace JwtGrantClient.Interop.Tests;

/// <summary>Runs the .NET SDK and compiled programs as processes. The collection runs its builds one after another, because each build uses all cores.</summary>
[CollectionDefinition(nameof(DotNet))]
public sealed class DotNet : ICollectionFixture<Packages.PackedPackages>
{
    private static readonly string[] SearchPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

    /// <summary>Gets the root of the repository: the nearest parent folder with the solution.</summary>
    internal static string Repository { get; } = FindRepository();

    internal static string HostPath { get; } = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>Gets the NuGet packages folder of this machine.</summary>
    internal static string PackagesFolder { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    internal static bool HasLinker { get; } = OperatingSystem.IsWindows() || new[] { "gcc", "clang" }.Any(IsOnPath);

    /// <summary>Runs a command of the SDK, which must succeed. It disables build servers, because a server that keeps running would keep the output stream open.</summary>
    internal static Task<string> RunSdkAsync(string folder, string command, params string[] arguments) => RunProgramAsync(
        HostPath, folder, [command, .. arguments, "--disable-build-servers", "-nologo", "-v", "q"]);

    /// <summary>Runs a program, which must succeed, and returns what it printed.</summary>
    internal static async Task<string> RunProgramAsync(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The build that runs these tests sets these variables for its child processes. The new process must find its SDK itself.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await errors}");
            return await output + await errors;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static bool IsOnPath(string tool) => SearchPath.Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "JwtGrantClient.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"No JwtGrantClient.sln above {AppContext.BaseDirectory}: run these tests inside a clone.");
    }
}
