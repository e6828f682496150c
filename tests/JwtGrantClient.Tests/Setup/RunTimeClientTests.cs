using System.Net;
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

    [Fact]
    public async Task A_client_whose_key_file_appears_later_works_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "tenant-7.pem");
        _services.AddTestClient("reports", _endpoint);
        _services.Configure<JwtGrantOptions>("tenant-7", options =>
        {
            TestClient.Configure(options);
            (options.SigningKey.Text, options.SigningKey.Path) = (null, path);
        });
        await using var provider = _services.BuildServiceProvider();
        var clients = provider.GetRequiredService<ITokenSourceProvider>();
        Assert.Throws<JwtGrantException>(() => clients.Get("tenant-7"));

        await File.WriteAllTextAsync(path, TestData.RsaPrivatePem, Cancellation);

        Assert.NotNull(clients.Get("tenant-7"));
    }

    [Fact]
    public async Task A_client_whose_settings_appear_later_works_without_a_restart()
    {
        var isKnown = false;
        _services.AddTestClient("reports", _endpoint);
        _services.Configure<JwtGrantOptions>("tenant-7", options =>
        {
            if (isKnown)
                TestClient.Configure(options);
        });
        await using var provider = _services.BuildServiceProvider();
        var clients = provider.GetRequiredService<ITokenSourceProvider>();
        Assert.Equal("client_unknown", Assert.Throws<JwtGrantException>(() => clients.Get("tenant-7")).Code);

        isKnown = true;

        Assert.NotNull(clients.Get("tenant-7"));
    }

    [Fact]
    public async Task An_HttpClient_whose_client_gets_its_settings_later_works_without_a_restart()
    {
        var isKnown = false;
        _services.AddJwtGrantClient("tenant-7", options =>
        {
            if (isKnown)
                TestClient.Configure(options);
        }).UseTokenEndpointHandler(_ => _endpoint.Handler);
        _services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("tenant-7")
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        await using var provider = _services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        Assert.Equal("settings_invalid", Assert.Throws<JwtGrantException>(() => factory.CreateClient("api")).Code);

        isKnown = true;

        using var response = await factory.CreateClient("api").GetAsync(ProtectedApi.Address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Settings_that_throw_once_are_read_again()
    {
        var calls = 0;
        _services.AddTestClient("reports", _endpoint);
        _services.Configure<JwtGrantOptions>("tenant-7", options =>
        {
            if (calls++ == 0)
                throw new IOException("The database does not respond.");
            TestClient.Configure(options);
        });
        await using var provider = _services.BuildServiceProvider();
        var clients = provider.GetRequiredService<ITokenSourceProvider>();
        Assert.Throws<IOException>(() => clients.Get("tenant-7"));

        Assert.NotNull(clients.Get("tenant-7"));
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_unknown_name()
    {
        _services.AddTestClient("reports", _endpoint);
        await using var provider = _services.BuildServiceProvider();

        Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenSourceProvider>().Get("tenant-7"));

        // The cache of the options accepts a name only once.
        Assert.True(provider.GetRequiredService<IOptionsMonitorCache<JwtGrantOptions>>().TryAdd("tenant-7", new()));
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
