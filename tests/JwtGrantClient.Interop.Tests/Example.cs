using System.Diagnostics;

namespace JwtGrantClient.Interop.Tests;

/// <summary>Runs the examples as processes, from the output of the build of these tests.</summary>
internal static class Example
{
    private static readonly string Folder = Path.Combine(DotNet.Repository, "examples");

    // For example bin/Debug/net10.0. It is the same for the examples and these tests, because one build creates both.
    private static readonly string Output =
        Path.GetRelativePath(Path.Combine(DotNet.Repository, "tests", typeof(Example).Assembly.GetName().Name!), AppContext.BaseDirectory);

    /// <summary>Gets the names of all examples: each folder that contains a project of the same name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder))
            .Where(name => File.Exists(Path.Combine(Folder, name, $"{name}.csproj"))).Order(StringComparer.Ordinal)];

    /// <summary>Gets the README of the examples.</summary>
    public static string Readme => File.ReadAllText(Path.Combine(Folder, "README.md"));

    /// <summary>Returns the path of the compiled program of an example.</summary>
    public static string ProgramOf(string name)
    {
        var program = Path.Combine(Folder, name, Output, $"{name}.dll");
        Assert.True(File.Exists(program), $"The file {program} does not exist. Build these tests, which builds the examples too.");
        return program;
    }

    public static async Task<Run> RunAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(DotNet.HostPath, [ProgramOf(name), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new(process.ExitCode, (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries), await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The exit code and the output of an example.</summary>
    internal sealed record Run(int ExitCode, string[] Lines, string Errors);
}
