using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Clients whose names are not known when the container is built, such as tenants.</summary>
public sealed class RunTimeClientTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ServiceCollection _services = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_named_at_run_time_gets_its_settings_from_named_options()
    {
        _services.AddTestClient("reports", _endpoint);
        _services.AddSingleton<IConfigureOptions<JwtGrantOptions>, TenantOptions>();
        _services.AddSingleton(new DependencyRegistration(null, dependencies => dependencies.TokenEndpointHandler.Use(_ => _endpoint.Handler)));
        await using var provider = _services.BuildServiceProvider();
        var clients = provider.GetRequiredService<ITokenSourceProvider>();

        var tenant = clients.Get("tenant-7");

        Assert.Same(tenant, clients.Get("tenant-7"));
        Assert.NotSame(tenant, clients.Get("tenant-8"));
        Assert.Same(provider.GetRequiredKeyedService<ITokenSource>("reports"), clients.Get("reports"));
        Assert.Equal("token-1", (await tenant.GetTokenAsync(Cancellation)).Value);
        Assert.Equal("tenant-7", _endpoint.Forms[0]["tenant"]);
    }

    [Fact]
    public async Task A_client_named_at_run_time_needs_no_registered_client()
    {
        _services.AddJwtGrantClients();
        _services.AddSingleton<IConfigureOptions<JwtGrantOptions>, TenantOptions>();
        _services.AddSingleton(new DependencyRegistration(null, dependencies => dependencies.TokenEndpointHandler.Use(_ => _endpoint.Handler)));
        await using var provider = _services.BuildServiceProvider();

        var token = await provider.GetRequiredService<ITokenSourceProvider>().Get("tenant-7").GetTokenAsync(Cancellation);

        Assert.Equal("token-1", token.Value);
        Assert.Same(token, await provider.GetRequiredKeyedService<ITokenSource>("tenant-7").GetTokenAsync(Cancellation));
        Assert.Equal("client_unknown", Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenSourceProvider>().Get("other")).Code);
    }

    [Fact]
    public async Task A_client_named_at_run_time_without_settings_is_unknown()
    {
        _services.AddTestClient("reports", _endpoint);
        await using var provider = _services.BuildServiceProvider();

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenSourceProvider>().Get("tenant-7"));

        Assert.Equal("client_unknown", error.Code);
        Assert.StartsWith("There is no JwtGrantClient named 'tenant-7'. Known: 'reports'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_named_at_run_time_with_invalid_settings_reports_the_problems()
    {
        _services.AddTestClient("reports", _endpoint);
        _services.Configure<JwtGrantOptions>("tenant-7", options => options.TokenEndpoint = "ftp://tenant-7.example.com");
        await using var provider = _services.BuildServiceProvider();

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenSourceProvider>().Get("tenant-7"));

        Assert.Equal("settings_invalid", error.Code);
        Assert.Contains("JwtGrantClient 'tenant-7': TokenEndpoint: 'ftp://tenant-7.example.com' has the scheme 'ftp'", error.Message, StringComparison.Ordinal);
    }

    private sealed class TenantOptions : IConfigureNamedOptions<JwtGrantOptions>
    {
        public void Configure(JwtGrantOptions options) => Configure(Options.DefaultName, options);

        public void Configure(string? name, JwtGrantOptions options)
        {
            if (name?.StartsWith("tenant-", StringComparison.Ordinal) != true)
                return;
            TestClient.Configure(options);
            options.Parameters["tenant"] = name;
        }
    }
}
