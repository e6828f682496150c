using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;

namespace JwtGrantClient.Tests.Setup;

public sealed class AddJwtGrantClientTests
{
    private static readonly ServiceProviderOptions Strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ServiceCollection _services = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_client_is_registered_under_its_name()
    {
        _services.AddJwtGrantClient("reports", UsePrivateKeyJwt).UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var provider = _services.BuildServiceProvider(Strict);

        var token = await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);
        var response = await provider.GetRequiredKeyedService<ITokenEndpoint>("reports").RequestAsync(Grant.AuthorizationCode("code"), Cancellation);
        var assertion = await provider.GetRequiredKeyedService<IAssertionSource>("reports").GetAssertionAsync(Cancellation);

        Assert.Equal(["token-1", "token-2"], [token.Value, response.AccessToken.Value]);
        Assert.Equal("code", _endpoint.Forms[1]["code"]);
        Assert.Equal(TestData.Issuer, Jwt.Parse(assertion.Value)["aud"]);
        Assert.Equal("client_unknown", Assert.Throws<JwtGrantException>(() => provider.GetService<ITokenSource>()).Code);
    }

    [Fact]
    public async Task An_unnamed_client_is_registered_without_a_key()
    {
        _services.AddJwtGrantClient(UsePrivateKeyJwt).UseTokenEndpointHandler(_ => _endpoint.Handler);
        _services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken().ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        await using var provider = _services.BuildServiceProvider(Strict);

        var token = await provider.GetRequiredService<ITokenSource>().GetTokenAsync(Cancellation);
        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(ProtectedApi.Address, Cancellation);

        Assert.Equal("token-1", token.Value);
        Assert.Equal(1, _endpoint.Requests);
        Assert.NotNull(provider.GetRequiredService<ITokenEndpoint>());
        Assert.NotNull(provider.GetRequiredService<IAssertionSource>());
        Assert.Same(provider.GetRequiredService<ITokenSource>(), provider.GetRequiredKeyedService<ITokenSource>(""));
    }

    [Fact]
    public async Task A_service_gets_its_client_through_FromKeyedServices()
    {
        _services.AddTestClient("reports", _endpoint);
        _services.AddScoped<Billing>();
        await using var provider = _services.BuildServiceProvider(Strict);
        await using var scope = provider.CreateAsyncScope();

        Assert.Equal("token-1", (await scope.ServiceProvider.GetRequiredService<Billing>().Tokens.GetTokenAsync(Cancellation)).Value);
    }

    [Fact]
    public async Task Clients_with_different_names_cache_their_tokens_separately()
    {
        _services.AddTestClient("one", _endpoint);
        _services.AddTestClient("two", _endpoint);
        await using var provider = _services.BuildServiceProvider(Strict);

        Assert.Equal("token-1", (await provider.GetRequiredKeyedService<ITokenSource>("one").GetTokenAsync(Cancellation)).Value);
        Assert.Equal("token-2", (await provider.GetRequiredKeyedService<ITokenSource>("two").GetTokenAsync(Cancellation)).Value);
    }

    [Fact]
    public async Task Configuring_a_client_that_was_added_combines_both_configurations()
    {
        var section = Section("""{ "Scope": "from.section", "ClientId": "from-section" }""");
        _services.AddJwtGrantClient("reports", section);
        _services.ConfigureJwtGrantClient("reports").UseTestClient(_endpoint);
        await using var provider = _services.BuildServiceProvider(Strict);

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        Assert.Equal("from.section", _endpoint.Forms[0]["scope"]);
        Assert.Equal(TestData.ClientId, _endpoint.Forms[0]["client_id"]);
    }

    [Fact]
    public void A_second_client_with_the_same_name_is_refused()
    {
        _services.AddTestClient("reports", _endpoint);

        var error = Assert.Throws<InvalidOperationException>(() => _services.AddJwtGrantClient("reports", Section("{}")));

        Assert.Equal(
            "A JwtGrantClient named 'reports' was added already. Use another name. To change the settings of the first, call services.Configure<JwtGrantOptions>(\"reports\", ...); its other parts, services.ConfigureJwtGrantClient(\"reports\").",
            error.Message);
    }

    [Fact]
    public void A_second_client_without_a_name_is_refused()
    {
        _services.AddJwtGrantClient(TestClient.Configure);

        var error = Assert.Throws<InvalidOperationException>(() => _services.AddJwtGrantClient(Section("{}")));

        Assert.StartsWith("A JwtGrantClient without a name was added already. Give the second client a name: AddJwtGrantClient(name, ...).", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report", "There is no JwtGrantClient named 'report' to configure.")]
    [InlineData("", "There is no JwtGrantClient without a name to configure.")]
    public void A_client_that_was_not_added_cannot_be_configured(string name, string message)
    {
        // The builder methods and AddJwtGrantToken add no client.
        _services.AddTestClient("reports", _endpoint).UseSigner(_ => null!);
        _services.AddHttpClient("api").AddJwtGrantToken(name);

        Assert.StartsWith(message, Assert.Throws<InvalidOperationException>(() => _services.ConfigureJwtGrantClient(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_without_a_key_is_an_error_that_lists_the_named_clients()
    {
        _services.AddTestClient("reports", _endpoint);
        _services.AddTestClient("billing", _endpoint);
        await using var provider = _services.BuildServiceProvider(Strict);
        const string message =
            "There is no JwtGrantClient without a name. Known: 'reports', 'billing'. Inject one of them with [FromKeyedServices(name)], name it in AddJwtGrantToken(name), or add a client without a name with AddJwtGrantClient.";

        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenSource>()).Message);
        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenEndpoint>()).Message);
        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<IAssertionSource>()).Message);
        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<ITokenRevocation>()).Message);
    }

    [Fact]
    public async Task An_unknown_client_name_is_an_error_that_lists_the_known_names()
    {
        _services.AddJwtGrantClient(TestClient.Configure);
        _services.AddTestClient("reports", _endpoint);
        _services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("report");
        await using var provider = _services.BuildServiceProvider(Strict);
        const string message =
            "There is no JwtGrantClient named 'report'. Known: (unnamed), 'reports'. Add it with AddJwtGrantClient, or correct the name.";

        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenSource>("report")).Message);
        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenEndpoint>("report")).Message);
        Assert.Equal(message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<IAssertionSource>("report")).Message);
        Assert.Equal(
            message, Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api")).Message);
    }

    [Fact]
    public async Task An_HttpClient_without_any_registered_client_is_an_error()
    {
        _services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken();
        await using var provider = _services.BuildServiceProvider(Strict);

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api"));

        Assert.Equal("client_unknown", error.Code);
        Assert.Equal(
            "There is no JwtGrantClient without a name. Known: none. Add it with AddJwtGrantClient, or correct the name.", error.Message);
    }

    [Fact]
    public async Task A_service_key_that_is_not_a_string_is_an_error()
    {
        _services.AddJwtGrantClient(TestClient.Configure);
        await using var provider = _services.BuildServiceProvider(Strict);

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenSource>(7));

        Assert.Equal("The key '7' is of the type System.Int32; expected the client's name, a string. Use the name that AddJwtGrantClient was called with.", error.Message);
    }

    [Fact]
    public async Task A_custom_keyed_token_source_is_not_replaced()
    {
        var custom = new CustomTokenSource();
        _services.AddKeyedSingleton<ITokenSource>("before", custom);
        _services.AddTestClient("reports", _endpoint);
        _services.AddKeyedSingleton<ITokenSource>("after", custom);
        await using var provider = _services.BuildServiceProvider(Strict);

        Assert.Same(custom, provider.GetRequiredKeyedService<ITokenSource>("before"));
        Assert.Same(custom, provider.GetRequiredKeyedService<ITokenSource>("after"));
        Assert.Equal([custom], provider.GetKeyedServices<ITokenSource>("before"));
        Assert.NotSame(custom, provider.GetRequiredKeyedService<ITokenSource>("reports"));
    }

    [Fact]
    public void AddJwtGrantToken_for_all_HttpClients_is_rejected()
    {
        _services.AddTestClient("reports", _endpoint);

        var error = Assert.Throws<ArgumentException>(
            () => _services.ConfigureHttpClientDefaults(builder => builder.AddJwtGrantToken("reports")));

        Assert.StartsWith(
            "A token is for one API, not for all HttpClients. Call AddJwtGrantToken on AddHttpClient(...).", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_rotation_and_service_scopes_share_one_cached_token()
    {
        _services.AddTestClient("reports", _endpoint);
        _services.AddHttpClient("api").AddJwtGrantToken("reports", handler => handler.AllowedOrigins = [ProtectedApi.Origin]).ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Ok()));
        await using var provider = _services.BuildServiceProvider(Strict);

        for (var scopes = 0; scopes < 100; scopes++)
        {
            await using var scope = provider.CreateAsyncScope();
            for (var rotations = 0; rotations < 3; rotations++)
            {
                using var http = new HttpMessageInvoker(CreateHandler(scope.ServiceProvider, "api"));
                using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
                using var response = await http.SendAsync(request, Cancellation);
            }
        }

        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task Concurrent_first_calls_create_the_client_once()
    {
        var created = 0;
        _services.AddJwtGrantClient("reports", TestClient.Configure).UseTokenEndpointHandler(_ =>
        {
            Interlocked.Increment(ref created);
            return _endpoint.Handler;
        });
        await using var provider = _services.BuildServiceProvider(Strict);

        var tokens = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask(), Cancellation)));

        Assert.All(tokens, token => Assert.Equal("token-1", token.Value));
        Assert.Equal(1, created);
    }

    private static void UsePrivateKeyJwt(JwtGrantOptions options)
    {
        TestClient.Configure(options);
        options.Issuer = TestData.Issuer;
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
    }

    private static IConfiguration Section(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build();

    /// <summary>Creates a handler as HttpClientFactory does when the lifetime of the previous one, two minutes, has ended.</summary>
    private static HttpMessageHandler CreateHandler(IServiceProvider services, string name)
    {
        var builder = services.GetRequiredService<HttpMessageHandlerBuilder>();
        builder.Name = name;
        foreach (var action in services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<HttpClientFactoryOptions>>().Get(name).HttpMessageHandlerBuilderActions)
            action(builder);
        return builder.Build();
    }

    private sealed class Billing([FromKeyedServices("reports")] ITokenSource tokens)
    {
        public ITokenSource Tokens => tokens;
    }

    private sealed class CustomTokenSource : ITokenSource
    {
        public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
            new(new AccessToken("custom", TestData.Moment));
    }
}
