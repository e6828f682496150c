using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

/// <summary>The clients of a container that have the same issuer read its metadata once.</summary>
public sealed class SharedMetadataTests : IAsyncLifetime
{
    private readonly Dictionary<string, Action<JwtGrantOptions>> _special = new(StringComparer.Ordinal);
    private StrictAuthorizationServer _server = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ITokenSourceProvider Clients => _services.GetRequiredService<ITokenSourceProvider>();

    private int MetadataRequests => _server.Requests.Count(request => request.Method == "GET");

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(cancellationToken: Cancellation);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, KeyId = TestData.KeyId });
        var services = new ServiceCollection().AddJwtGrantClients();
        services.ConfigureAll<JwtGrantOptions>(options =>
        {
            TestClient.Configure(options);
            (options.TokenEndpoint, options.Issuer, options.AllowLoopbackHttp) = (null, _server.Issuer, true);
        });
        services.AddSingleton<IConfigureOptions<JwtGrantOptions>>(new SpecialSettings(_special));
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Many_clients_of_one_issuer_read_its_metadata_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => GetTokenAsync($"tenant-{i}")));

        Assert.Equal((1, 40), (MetadataRequests, _server.TokensIssued));
    }

    [Fact]
    public async Task Clients_with_settings_that_concern_the_metadata_read_it_themselves()
    {
        _special["tenant-2"] = options => options.Retry.MaxRetryAfter *= 2;
        _special["tenant-3"] = options => options.Retry.ConnectTimeout *= 2;

        for (var i = 1; i <= 4; i++)
            await GetTokenAsync($"tenant-{i}");

        Assert.Equal(3, MetadataRequests);
    }

    [Fact]
    public async Task Each_client_checks_the_origins_that_it_allows()
    {
        _special["tenant-2"] = options => options.TokenEndpointOrigins.Add("https://other.example.com");
        await GetTokenAsync("tenant-1");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetTokenAsync("tenant-2"));

        Assert.Equal(("endpoint_origin_not_allowed", "tenant-2"), (error.Code, error.Client));
        await GetTokenAsync("tenant-3");
        Assert.Equal(1, MetadataRequests);
    }

    [Fact]
    public async Task A_failure_of_the_shared_metadata_names_the_client_that_it_is_thrown_to()
    {
        await _server.DisposeAsync();
        _special[""] = options => options.Retry.MaxRetryAttempts = 0;

        var errors = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(async i => (Client: $"tenant-{i}", Error: await Assert.ThrowsAsync<JwtGrantException>(() => GetTokenAsync($"tenant-{i}")))));

        Assert.All(errors, failure => Assert.Equal(failure.Client, failure.Error.Client));
    }

    private async Task<AccessToken> GetTokenAsync(string client)
    {
        // Another thread, so that the clients ask at the same time.
        await Task.Yield();
        return await Clients.Get(client).GetTokenAsync(Cancellation);
    }

    private sealed class SpecialSettings(Dictionary<string, Action<JwtGrantOptions>> special) : IConfigureNamedOptions<JwtGrantOptions>
    {
        public void Configure(string? name, JwtGrantOptions options)
        {
            foreach (var key in (string[])["", name!])
                if (special.TryGetValue(key, out var configure))
                    configure(options);
        }

        public void Configure(JwtGrantOptions options) => Configure("", options);
    }
}
