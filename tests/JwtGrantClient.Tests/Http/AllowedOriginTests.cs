using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Http;

/// <summary>The handler sends a token only to allowed origins, over https (RFC 6750 section 5.3).</summary>
public sealed class AllowedOriginTests : IDisposable
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly StubHandler _api = new(_ => ProtectedApi.Ok());

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("reports")]
    [InlineData("/reports")]
    [InlineData("https://api.example.com:443/other?q=1")]
    [InlineData("HTTPS://API.Example.COM/")]
    public async Task The_origin_of_the_base_address_is_allowed(string address)
    {
        await CallAsync(address, http => http.BaseAddress = new("https://api.example.com/v1/"));

        Assert.Equal(1, _api.Calls);
    }

    [Theory]
    [InlineData("https://elsewhere.example.com/reports", "https://elsewhere.example.com")]
    [InlineData("https://api.example.com:8443/", "https://api.example.com:8443")]
    [InlineData("https://api.example.com.evil.example/", "https://api.example.com.evil.example")]
    [InlineData("https://api.example.com@evil.example/", "https://evil.example")]
    [InlineData("//evil.example/reports", "https://evil.example")]
    public async Task An_origin_other_than_that_of_the_base_address_is_rejected(string address, string origin)
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => CallAsync(address, http => http.BaseAddress = new("https://api.example.com/v1/")));

        Assert.Equal("origin_not_allowed", error.Code);
        Assert.StartsWith($"The request was not sent: {origin} is not allowed to receive the token.", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            " Allowed: https://api.example.com. If this API may receive the token, add the origin to AllowedOrigins.", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _api.Calls);
        Assert.Equal(0, _endpoint.Requests);
    }

    [Theory]
    [InlineData("https://api.example.com/", true)]
    [InlineData("https://files.example.com/", true)]
    [InlineData("https://more.example.com:8443/x", true)]
    [InlineData("https://more.example.com/", false)]
    [InlineData("https://elsewhere.example.com/", false)]
    public async Task AllowedOrigins_are_allowed_in_addition_to_the_base_address(string address, bool allowed)
    {
        Task Call() => CallAsync(
            address,
            http => http.BaseAddress = new("https://api.example.com"),
            options => options.AllowedOrigins = ["https://files.example.com", "https://more.example.com:8443/"]);

        if (allowed)
            await Call();
        else
            Assert.Contains(
                "Allowed: https://files.example.com, https://more.example.com:8443, https://api.example.com.",
                (await Assert.ThrowsAsync<JwtGrantException>(Call)).Message,
                StringComparison.Ordinal);
        Assert.Equal(allowed ? 1 : 0, _api.Calls);
    }

    [Fact]
    public async Task No_origin_is_allowed_without_base_address_and_AllowedOrigins()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => CallAsync("https://anywhere.example.com/x", _ => { }));

        AssertNoBaseAddress(error);
    }

    [Fact]
    public async Task No_origin_is_allowed_by_a_handler_that_is_created_without_AllowedOrigins()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync("https://anywhere.example.com/x", null));

        AssertNoBaseAddress(error);
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/", true)]
    [InlineData("http://[::1]:5000/", true)]
    [InlineData("http://localhost/", true)]
    [InlineData("http://api.example.com/", false)]
    [InlineData("http://127.0.0.2/", false)]
    [InlineData("http://localhost.example.com/", false)]
    [InlineData("ftp://127.0.0.1/", false)]
    public async Task Http_is_allowed_only_for_loopback_and_with_AllowLoopbackHttp(string address, bool isLoopback)
    {
        var options = new AccessTokenHandlerOptions();
        await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync(address, options));

        options.AllowLoopbackHttp = true;
        options.AllowedOrigins = isLoopback ? [address] : [ProtectedApi.Origin];
        if (isLoopback)
            await SendAsync(address, options);
        else
            await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync(address, options));

        Assert.Equal(isLoopback ? 1 : 0, _api.Calls);
        Assert.Equal(isLoopback ? 1 : 0, _endpoint.Requests);
    }

    [Fact]
    public async Task The_error_for_an_http_origin_names_the_origin_and_the_fix()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync("http://127.0.0.1:5000/secret?q=1", new()));

        Assert.Equal(
            "The request was not sent: http://127.0.0.1:5000 is not allowed to receive the token. " +
            "Use https, or set AccessTokenHandlerOptions.AllowLoopbackHttp to true for a server on this machine; with AddJwtGrantToken, AllowLoopbackHttp in the settings of the client has the same effect.",
            error.Message);
    }

    [Fact]
    public async Task The_error_for_an_http_origin_on_another_machine_does_not_suggest_to_allow_it()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync("http://api.example.com/reports", new()));

        Assert.EndsWith("is not allowed to receive the token. Use https.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_an_absolute_URI_is_rejected()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync("reports", new()));

        Assert.Equal(
            "The request was not sent: its URI is not absolute. " +
            "Set BaseAddress in AddHttpClient, or use an absolute URI for the request.",
            error.Message);
    }

    [Theory]
    [InlineData("api.example.com", "'api.example.com' is not an absolute URL; expected something like https://api.example.com")]
    [InlineData("http://127.0.0.1:5000", "'http://127.0.0.1:5000' is http; use https, or set AccessTokenHandlerOptions.AllowLoopbackHttp to true for a server on this machine")]
    [InlineData("http://api.example.com", "'http://api.example.com' has the scheme 'http'; assertions and tokens are sent over https only (RFC 6749 section 3.2)")]
    [InlineData(
        "https://api.example.com/v1",
        "'https://api.example.com/v1' has a path or a query; an origin consists of scheme, host and port. Remove the path and the query")]
    [InlineData(
        "https://api.example.com?v=1",
        "'https://api.example.com?v=1' has a path or a query; an origin consists of scheme, host and port. Remove the path and the query")]
    public async Task An_invalid_allowed_origin_is_rejected(string origin, string problem)
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);

        var error = Assert.Throws<JwtGrantException>(() => new AccessTokenHandler(tokens, new() { AllowedOrigins = [origin] }));

        Assert.Equal("allowed_origin_invalid", error.Code);
        Assert.Equal($"AllowedOrigins: {problem}.", error.Message);
    }

    private void AssertNoBaseAddress(JwtGrantException error)
    {
        const string origin = "https://anywhere.example.com";
        Assert.Equal("origin_not_allowed", error.Code);
        Assert.Equal(
            $"The request was not sent: {origin} is not allowed to receive the token. " +
            "The HttpClient has no base address that the handler knows, and AllowedOrigins is empty. " +
            $"Set BaseAddress in AddHttpClient (not in the constructor of a typed client), or add '{origin}' to AllowedOrigins if this API may receive the token.",
            error.Message);
        Assert.Equal((0, 0), (_api.Calls, _endpoint.Requests));
    }

    private async Task SendAsync(string address, AccessTokenHandlerOptions? options)
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        using var invoker = new HttpMessageInvoker(new AccessTokenHandler(tokens, options) { InnerHandler = _api });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, UriKind.RelativeOrAbsolute));
        using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private ServiceCollection Services()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint);
        return services;
    }

    private async Task CallAsync(string address, Action<HttpClient> client, Action<AccessTokenHandlerOptions>? options = null)
    {
        var services = Services();
        services.AddHttpClient("api", client).AddJwtGrantToken("reports", options).ConfigurePrimaryHttpMessageHandler(() => _api);
        await CallAsync(services, address);
    }

    private static async Task CallAsync(ServiceCollection services, string address)
    {
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        using var response = await http.GetAsync(new Uri(address, UriKind.RelativeOrAbsolute), TestContext.Current.CancellationToken);
    }
}
