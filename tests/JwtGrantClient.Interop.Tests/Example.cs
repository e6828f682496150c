using System.Diagnostics;

namespace JwtGrantClient.Interop.Tests;

/// <summary>The examples, each run as a process of its own, from what the build of these tests made of it.</summary>
internal static class Example
{
    private static readonly string Folder = Path.Combine(DotNet.Repository, "examples");

    // bin/Debug/net10.0: theirs is where these tests have it, for one build made both.
    private static readonly string Output =
        Path.GetRelativePath(Path.Combine(DotNet.Repository, "tests", typeof(Example).Assembly.GetName().Name!), AppContext.BaseDirectory);

    /// <summary>Every folder with a project of its name.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder))
            .Where(name => File.Exists(Path.Combine(Folder, name, $"{name}.csproj"))).Order(StringComparer.Ordinal)];

    /// <summary>What a reader of the examples is shown.</summary>
    public static string Readme => File.ReadAllText(Path.Combine(Folder, "README.md"));

    public static async Task<Run> RunAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var program = Path.Combine(Folder, name, Output, $"{name}.dll");
        Assert.True(File.Exists(program), $"There is no {program}: build these tests, which builds the examples too.");
        using var process = Process.Start(new ProcessStartInfo(DotNet.Host, [program, .. arguments])
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

    /// <summary>How an example ended.</summary>
    internal sealed record Run(int ExitCode, string[] Lines, string Errors);
}
