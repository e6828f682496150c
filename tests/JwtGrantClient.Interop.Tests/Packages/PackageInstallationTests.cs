using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>Runs the first sample of the README in a new project with the packed packages, against the strict server and an API.</summary>
[Collection(nameof(DotNet))]
public sealed class PackageInstallationTests(PackedPackages packed)
{
    // All dependencies of the core package. Keep the list short: each dependency is a reason not to use the package.
    private static readonly string[] Dependencies =
    [
        "Microsoft.Bcl.Cryptography",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Configuration.Binder",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Diagnostics",
        "Microsoft.Extensions.Diagnostics.Abstractions", "Microsoft.Extensions.Http", "Microsoft.Extensions.Logging",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions",
        "Microsoft.Extensions.Primitives", "Microsoft.IdentityModel.Abstractions", "Microsoft.IdentityModel.JsonWebTokens",
        "Microsoft.IdentityModel.Logging", "Microsoft.IdentityModel.Tokens", "Polly.Core",
    ];

    [Fact]
    public async Task The_first_sample_of_the_README_runs_with_the_packages_and_the_core_package_has_the_expected_dependencies()
    {
        using var project = new FreshProject(packed);
        await using var server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var api = await ProtectedApi.StartAsync(server);
        server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = project.PublicKeyPem, AllowedScopes = ["reports.read"] });

        await project.BuildAsync(ReadmeSample.GetFirst(api.Address));
        var output = await project.RunAsync(server.Issuer);

        Assert.Equal("Page 1 for batch-worker", output.Trim());
        Assert.Equal(1, server.TokensIssued);
        Assert.Equal(Dependencies, project.GetDependencies("JwtGrantClient"));
    }
}
