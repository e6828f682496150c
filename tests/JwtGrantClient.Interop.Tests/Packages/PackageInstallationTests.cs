using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>The README's first sample in a fresh project outside the repository, from the packed packages, against the strict server and an API.</summary>
[Collection(nameof(DotNet))]
public sealed class PackageInstallationTests(PackedPackages packed)
{
    // What a user of the core package gets with it. Each name here is a reason for somebody not to take it.
    private static readonly string[] Closure =
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
    public async Task The_readmes_first_sample_runs_from_them_and_the_core_brings_no_other_packages()
    {
        using var project = new FreshProject(packed);
        await using var server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var api = await ProtectedApi.StartAsync(server);
        server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = project.PublicKeyPem, AllowedScopes = ["reports.read"] });

        await project.BuildAsync(Sample.First(api.Address));
        var printed = await project.RunAsync(server.Issuer);

        Assert.Equal("Page 1 for batch-worker", printed.Trim());
        Assert.Equal(1, server.TokensIssued);
        Assert.Equal(Closure, project.ClosureOf("JwtGrantClient"));
    }
}
