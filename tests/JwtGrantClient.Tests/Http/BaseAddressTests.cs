using System.Diagnostics.CodeAnalysis;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Http;

/// <summary>Each HttpClient of IHttpClientFactory may send the token to its own base address, although clients share their handlers.</summary>
public sealed class BaseAddressTests : IDisposable
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly StubHandler _api = new(_ => ProtectedApi.Ok());

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task A_base_address_that_is_set_after_AddJwtGrantToken_is_used()
    {
        var services = Services();
        services.AddHttpClient("api").AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        services.AddHttpClient("api", http => http.BaseAddress = new("https://api.example.com"));

        await Assert.ThrowsAsync<JwtGrantException>(() => CallAsync(services, "https://elsewhere.example.com"));
        await CallAsync(services, "reports");

        Assert.Equal(1, _api.Calls);
    }

    [Fact]
    public async Task Two_HttpClients_do_not_share_their_base_addresses()
    {
        var services = Services();
        foreach (var name in (string[])["one", "two"])
            services.AddHttpClient(name, http => http.BaseAddress = new($"https://{name}.example.com"))
                .AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var (one, two) = (factory.CreateClient("one"), factory.CreateClient("two"));

        using var first = await one.GetAsync("reports", TestContext.Current.CancellationToken);
        using var second = await two.GetAsync("reports", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<JwtGrantException>(() => one.GetAsync("https://two.example.com", TestContext.Current.CancellationToken));

        Assert.Equal(2, _api.Calls);
    }

    [Fact]
    public async Task A_client_without_a_base_address_does_not_use_that_of_another_client_with_the_same_name()
    {
        Uri? address = new("https://api.example.com");
        var services = Services();
        services.AddHttpClient("api", http => http.BaseAddress = address).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        factory.CreateClient("api");
        address = null;

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => factory.CreateClient("api").GetAsync("https://api.example.com/reports", TestContext.Current.CancellationToken));

        Assert.Equal(("origin_not_allowed", 0), (error.Code, _api.Calls));
    }

    [Fact]
    public async Task A_message_that_the_client_of_another_name_has_sent_does_not_bring_the_base_address_of_that_client()
    {
        var addresses = new Queue<string>(["https://one.example.com", "https://two.example.com", "https://three.example.com", "https://four.example.com"]);
        var services = Services();
        foreach (var name in (string[])["a", "b"])
            services.AddHttpClient(name, http => http.BaseAddress = new(addresses.Dequeue()))
                .AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        factory.CreateClient("b");
        factory.CreateClient("b");
        factory.CreateClient("a");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://four.example.com/reports");
        (await factory.CreateClient("a").SendAsync(request, TestContext.Current.CancellationToken)).Dispose();
        using var other = new HttpMessageInvoker(provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("b"), disposeHandler: false);

        await Assert.ThrowsAsync<JwtGrantException>(() => other.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Equal(1, _api.Calls);
    }

    [Fact]
    public async Task A_base_address_that_a_typed_client_sets_in_its_constructor_is_not_known_to_the_handler()
    {
        var services = Services();
        services.AddHttpClient<ReportsApi>().AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var reports = provider.GetRequiredService<ReportsApi>();

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => reports.Http.GetAsync("reports", TestContext.Current.CancellationToken));

        Assert.Equal("origin_not_allowed", error.Code);
        Assert.Contains("Set BaseAddress in AddHttpClient (not in the constructor of a typed client)", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (_api.Calls, _endpoint.Requests));
    }

    [Fact]
    public async Task Each_client_is_judged_by_the_base_address_that_it_was_created_with()
    {
        var services = Services();
        string? address = null;
        services.AddHttpClient("api", http => http.BaseAddress = address is null ? null : new(address))
            .AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var clients = new List<(HttpClient Http, string? Own)>();
        foreach (var own in (string?[])[null, "https://one.example.com", "https://two.example.com", "https://one.example.com", null, "https://three.example.com"])
        {
            address = own;
            clients.Add((factory.CreateClient("api"), own));
        }

        foreach (var (http, own) in clients)
            foreach (var target in (string[])["https://one.example.com", "https://two.example.com", "https://three.example.com"])
            {
                var before = _api.Calls;
                var call = http.GetAsync(new Uri($"{target}/x"), TestContext.Current.CancellationToken);
                if (target == own)
                    (await call).Dispose();
                else
                    Assert.Equal("origin_not_allowed", (await Assert.ThrowsAsync<JwtGrantException>(() => call)).Code);
                Assert.Equal(before + (target == own ? 1 : 0), _api.Calls);
            }
    }

    [Fact]
    public async Task A_copy_of_a_request_is_judged_by_the_client_that_sends_it()
    {
        var services = Services();
        var address = "https://one.example.com";
        services.AddHttpClient("api", http => http.BaseAddress = new(address)).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var one = factory.CreateClient("api");
        address = "https://two.example.com";
        var two = factory.CreateClient("api");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://two.example.com/x");

        using var response = await two.SendAsync(request, TestContext.Current.CancellationToken);
        using var copy = new HttpRequestMessage(HttpMethod.Get, "https://two.example.com/x");
        foreach (var option in request.Options)
            copy.Options.Set(new HttpRequestOptionsKey<object?>(option.Key), option.Value);
        await Assert.ThrowsAsync<JwtGrantException>(() => one.SendAsync(copy, TestContext.Current.CancellationToken));

        Assert.Equal(1, _api.Calls);
    }

    [Theory]
    [InlineData("factory"), InlineData("keyed"), InlineData("typed")]
    public async Task The_base_address_is_known_however_the_client_is_created(string kind)
    {
        var services = Services();
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddAsKeyed()
            .AddTypedClient((http, _) => new TypedApi(http)).AddJwtGrantToken("reports").ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var http = kind switch
        {
            "factory" => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api"),
            "keyed" => provider.CreateScope().ServiceProvider.GetRequiredKeyedService<HttpClient>("api"),
            _ => provider.GetRequiredService<TypedApi>().Http,
        };

        using var response = await http.GetAsync("reports", TestContext.Current.CancellationToken);

        Assert.Equal((1, 1), (_api.Calls, _endpoint.Requests));
    }

    [Fact]
    public async Task HttpClients_without_AddJwtGrantToken_come_from_the_factory_unchanged()
    {
        var services = Services();
        services.AddHttpClient("plain", http => http.BaseAddress = new("https://plain.example.com")).ConfigurePrimaryHttpMessageHandler(() => _api);
        services.AddHttpClient("api").AddJwtGrantToken("reports");
        services.AddHttpClient("second").AddJwtGrantToken("reports");
        await using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("plain").GetAsync("x", TestContext.Current.CancellationToken);

        Assert.Equal((1, 0), (_api.Calls, _endpoint.Requests));
    }

    [Fact]
    public async Task AllowedOrigins_protect_a_typed_client_that_sets_its_base_address_in_the_constructor()
    {
        var services = Services();
        services.AddHttpClient<ReportsApi>()
            .AddJwtGrantToken("reports", options => options.AllowedOrigins = ["https://api.example.com"])
            .ConfigurePrimaryHttpMessageHandler(() => _api);
        await using var provider = services.BuildServiceProvider();
        var reports = provider.GetRequiredService<ReportsApi>();

        using var response = await reports.Http.GetAsync("reports", TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<JwtGrantException>(
            () => reports.Http.GetAsync("https://elsewhere.example.com", TestContext.Current.CancellationToken));

        Assert.Equal(1, _api.Calls);
    }

    private ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint);
        return services;
    }

    private static async Task CallAsync(ServiceCollection services, string address)
    {
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var response = await http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);
    }

    private sealed record TypedApi(HttpClient Http);

    [SuppressMessage("Performance", "CA1812", Justification = "HttpClientFactory creates it.")]
    private sealed class ReportsApi
    {
        public ReportsApi(HttpClient http)
        {
            http.BaseAddress = new Uri("https://api.example.com");
            Http = http;
        }

        public HttpClient Http { get; }
    }
}
