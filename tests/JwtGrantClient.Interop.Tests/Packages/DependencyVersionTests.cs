using JwtGrantClient.Testing;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>
/// The packages declare the lowest versions of their dependencies that work and that have no known advisory, and a program runs with these and with the newest.
/// It has no ASP.NET Core, whose shared framework would replace the packages.
/// </summary>
[Collection(nameof(DotNet))]
public sealed class DependencyVersionTests(PackedPackages packed)
{
    private const string Lowest = "10.0.0";

    // What a worker pins, and what the packages and the package of the worker template bring. Data Protection 10.0.12 needs later versions.
    private static readonly string[] Pinned =
    [
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Configuration.Binder",
        "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Diagnostics",
        "Microsoft.Extensions.Diagnostics.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Http", "Microsoft.Extensions.Logging",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions",
        "Microsoft.Extensions.Primitives",
    ];

    public static TheoryData<string, string[]> Ranges => new()
    {
        { "JwtGrantClient", ["Microsoft.Extensions.Http 10.0.0", "Microsoft.IdentityModel.JsonWebTokens 8.19.2", "Polly.Core 8.5.2"] },
        { "JwtGrantClient.Hosting", ["Microsoft.Extensions.Diagnostics.HealthChecks 10.0.0", "Microsoft.Extensions.Hosting.Abstractions 10.0.0"] },
        { "JwtGrantClient.Distributed", ["Microsoft.AspNetCore.DataProtection 10.0.12", "Microsoft.Extensions.Caching.Abstractions 10.0.0", "Polly.Core 8.5.2"] },
        { "JwtGrantClient.Saml", ["System.Security.Cryptography.Xml 10.0.12"] },
        { "JwtGrantClient.Testing", ["BouncyCastle.Cryptography 2.7.0"] },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void A_package_declares_the_lowest_versions_of_its_dependencies(string id, string[] dependencies) =>
        Assert.Equal(dependencies, packed.DependenciesOf(id));

    [Fact]
    public void Every_package_has_its_expected_dependencies() => Assert.Equal(PackedPackages.Ids, Ranges.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(Lowest)]
    [InlineData("newest")]
    public async Task A_worker_runs_with_the_lowest_and_with_the_newest_versions_of_Microsoft_Extensions(string version)
    {
        if (version != Lowest)
            version = FreshProject.NewestVersion("Microsoft.Extensions.Hosting");
        using var project = new FreshProject(packed, ["JwtGrantClient", "JwtGrantClient.Hosting", "JwtGrantClient.Saml"], Pinned.Select(id => (id, version)));
        await using var server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await using var api = await ProtectedApi.StartAsync(server);
        server.RegisterClient(new() { Id = "batch-worker", PublicKeyPem = project.PublicKeyPem, AllowedScopes = ["reports.read"] });

        var build = await project.BuildAsync(Program(api.Address));
        var output = await project.RunAsync(server.Issuer);

        Assert.DoesNotContain("NU1605", build, StringComparison.Ordinal);
        Assert.Equal(["Healthy", "Page 1 for batch-worker", $"Microsoft.Extensions.Http {version}"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(1, server.TokensIssued);
    }

    private static string Program(string api) => $$"""
        using System.Reflection;
        using JwtGrantClient;
        using Microsoft.Extensions.Diagnostics.HealthChecks;

        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports")).AddWarmUp().AddHealthCheck();
        builder.Services.AddHttpClient("api", http => http.BaseAddress = new Uri("{{api}}")).AddJwtGrantToken("reports");
        using var host = builder.Build();
        await host.StartAsync();
        Console.WriteLine((await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status);
        Console.WriteLine(await host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetStringAsync("/reports?page=1"));
        var http = typeof(IHttpClientFactory).Assembly;
        Console.WriteLine($"{http.GetName().Name} {http.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}");
        await host.StopAsync();
        """;
}
