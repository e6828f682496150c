using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests;

/// <summary>Publishes tests/JwtGrantClient.AotCheck with NativeAOT, as a user's program would be, and runs it against the strict server.</summary>
[Collection(nameof(DotNet))]
public sealed class NativeProgramTests
{
    /// <summary>
    /// A twentieth above what it is: a dependency that grows every user's program is to be noticed. The benchmarks compare with a program that is
    /// written by hand.
    /// </summary>
    private const long MostBytes = 9_550_000;

    [Fact]
    public async Task A_native_program_has_no_warnings_and_obtains_tokens_with_and_without_a_container()
    {
        // The native compiler links by the system's own; without one the SDK would say so at length.
        Assert.SkipWhen(!DotNet.HasLinker && Environment.GetEnvironmentVariable("CI") != "true", "Neither gcc nor clang is on the PATH.");
        using var key = RSA.Create(2048);
        using var keyFile = new TemporaryFile(key.ExportPkcs8PrivateKeyPem());
        await using var server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });

        // Kept between runs, so that only what changed is compiled again.
        var artifacts = Path.Combine(DotNet.Repository, "artifacts", "aot");
        var output = await DotNet.RunAsync(
            DotNet.Repository, "publish", "tests/JwtGrantClient.AotCheck", "-c", "Release", "--artifacts-path", artifacts, "-p:RunAnalyzers=false");
        var program = Path.Combine(artifacts, "publish", "JwtGrantClient.AotCheck", "release", "BothWays");
        var lines = await DotNet.StartAsync(program, DotNet.Repository, server.Issuer, server.TokenEndpoint, keyFile.Path);

        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            ["without a container: Bearer token, scope as asked", "with a container: Bearer token, scope reports.read"],
            lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(2, server.Requests.Count(request => request.Form.Count > 0));
        Assert.InRange(new FileInfo(program).Length, 1, MostBytes);
        // A managed program would be run by the SDK's host.
        Assert.False(File.Exists($"{program}.dll"));
    }
}
