using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests;

/// <summary>Publishes tests/JwtGrantClient.AotCheck with NativeAOT and runs it against the strict server.</summary>
[Collection(nameof(DotNet))]
public sealed class NativeProgramTests
{
    /// <summary>
    /// The maximum size, 2 % above the current size. The test fails if a dependency makes every program of a user larger. The benchmarks compare the
    /// size with a hand-written program.
    /// </summary>
    private const long MaxBytes = 10_280_000;

    [Fact]
    public async Task A_NativeAOT_program_builds_without_warnings_and_obtains_tokens_with_and_without_a_container()
    {
        // The native compiler needs a linker of the system. Without one the SDK fails with a long error.
        Assert.SkipWhen(!DotNet.HasLinker && Environment.GetEnvironmentVariable("CI") != "true", "Neither gcc nor clang is on the PATH.");
        using var key = RSA.Create(2048);
        using var keyFile = new TemporaryFile(key.ExportPkcs8PrivateKeyPem());
        await using var server = await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }, TestContext.Current.CancellationToken);
        server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });

        // The certificate is its own issuer, so the machine does not trust it.
        using var trusted = new TemporaryFile(server.ServerCertificate!.ExportCertificatePem());

        // The folder stays between runs, so that the SDK compiles only what changed.
        var artifacts = Path.Combine(DotNet.Repository, "artifacts", "aot");
        var output = await DotNet.RunSdkAsync(
            DotNet.Repository, "publish", "tests/JwtGrantClient.AotCheck", "-c", "Release", "--artifacts-path", artifacts, "-p:RunAnalyzers=false");
        var program = Path.Combine(artifacts, "publish", "JwtGrantClient.AotCheck", "release", "BothWays");
        var lines = await DotNet.RunProgramAsync(program, DotNet.Repository, server.Issuer, server.MutualTlsTokenEndpoint!, keyFile.Path, trusted.Path);

        Assert.DoesNotContain("warning", output, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            ["without a container: Bearer token, scope as asked", "with a container: Bearer token, scope reports.read"],
            lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(2, server.Requests.Count(request => request.Form.Count > 0));
        Assert.InRange(new FileInfo(program).Length, 1, MaxBytes);
        // A managed program would have a .dll file.
        Assert.False(File.Exists($"{program}.dll"));
    }
}
