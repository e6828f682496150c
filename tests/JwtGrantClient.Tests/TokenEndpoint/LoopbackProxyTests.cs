using System.Net;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>
/// A proxy would receive the assertion for an http endpoint on this machine in clear text. No other test runs at the same time, because the default proxy
/// belongs to the process.
/// </summary>
[Collection(nameof(LoopbackProxyTests))]
[CollectionDefinition(nameof(LoopbackProxyTests), DisableParallelization = true)]
public sealed class LoopbackProxyTests : IAsyncLifetime
{
    private readonly IWebProxy _defaultProxy = HttpClient.DefaultProxy;
    private ScriptedServer _server = null!, _proxy = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> HandlersWithProxy => ["sockets", "client", "delegating", "default proxy"];

    public static TheoryData<string> HandlersWithoutProxy => ["no proxy", "bypass", "local", "direct"];

    public async ValueTask InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync(Reply.Token);
        _proxy = await ScriptedServer.StartAsync(Reply.Json(200, """{"access_token":"from-the-proxy","token_type":"Bearer","expires_in":60}"""));
    }

    public async ValueTask DisposeAsync()
    {
        HttpClient.DefaultProxy = _defaultProxy;
        await _server.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task The_default_proxy_does_not_get_token_requests_for_this_machine(string host)
    {
        HttpClient.DefaultProxy = new WebProxy(_proxy.Address);
        await using var tokens = JwtGrantTokenSource.Create(Options(_server.TokenEndpoint.Replace("127.0.0.1", host, StringComparison.Ordinal)));

        var token = await tokens.GetTokenAsync(Cancellation);

        Assert.Equal(("abc", 0), (token.Value, _proxy.Calls));
    }

    [Fact]
    public async Task The_default_proxy_does_not_get_metadata_and_revocation_requests_for_this_machine()
    {
        await using var server = await ScriptedServer.StartAsync(context => context.Request.Method == "GET"
            ? Reply.Json(200, $$"""{"issuer":"http://{{context.Request.Host}}","token_endpoint":"http://{{context.Request.Host}}/token","revocation_endpoint":"http://{{context.Request.Host}}/revoke"}""")(context)
            : Reply.Token(context));
        HttpClient.DefaultProxy = new WebProxy(_proxy.Address);
        var options = Options(null);
        options.Issuer = server.Address;
        await using var tokens = JwtGrantTokenSource.Create(options);

        await tokens.GetTokenAsync(Cancellation);
        await tokens.Revocation.RevokeAsync(new(), Cancellation);

        Assert.Equal(["GET", "POST", "POST"], server.Requests.Select(request => request.Method));
        Assert.Equal(0, _proxy.Calls);
    }

    [Fact]
    public async Task The_default_proxy_gets_connections_to_other_hosts()
    {
        await using var proxy = await ScriptedServer.StartAsync(Reply.Status(502));
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);
        var options = Options(TestData.TokenEndpoint);
        options.Retry.MaxRetryAttempts = 0;
        await using var tokens = JwtGrantTokenSource.Create(options);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Contains("The proxy tunnel request", error.Message, StringComparison.Ordinal);
        Assert.Equal("CONNECT", Assert.Single(proxy.Requests).Method);
    }

    [Theory]
    [MemberData(nameof(HandlersWithProxy))]
    public async Task A_custom_handler_that_would_use_a_proxy_for_this_machine_is_refused_before_it_sends(string kind)
    {
        if (kind == "default proxy")
            HttpClient.DefaultProxy = new WebProxy(_proxy.Address);
        var proxy = new WebProxy(_proxy.Address) { Credentials = new NetworkCredential("proxy-user", "proxy-password") };
        await using var tokens = JwtGrantTokenSource.Create(Options(_server.TokenEndpoint), tokenEndpointHandler: kind switch
        {
            "sockets" => new SocketsHttpHandler { Proxy = proxy },
            "client" => new HttpClientHandler { Proxy = proxy },
            "delegating" => new PassingHandler(new PassingHandler(new SocketsHttpHandler { Proxy = proxy })),
            _ => new SocketsHttpHandler(),
        });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal((JwtGrantErrorKind.Configuration, "loopback_proxy", false), (error.Kind, error.Code, error.IsTransient));
        Assert.Equal(
            $"The request to '{_server.Address}' was not sent: the token endpoint is on this machine, but its handler would send the request in clear text to the proxy '{_proxy.Address[7..]}'. Set UseProxy to false on the handler, or exclude this host from the proxy.",
            error.Text);
        Assert.Equal((0, 0), (_proxy.Calls, _server.Calls));
    }

    [Theory]
    [MemberData(nameof(HandlersWithoutProxy))]
    public async Task A_custom_handler_that_uses_no_proxy_for_this_machine_is_used(string kind)
    {
        await using var tokens = JwtGrantTokenSource.Create(Options(_server.TokenEndpoint), tokenEndpointHandler: kind switch
        {
            "no proxy" => new SocketsHttpHandler { UseProxy = false, Proxy = new WebProxy(_proxy.Address) },
            "bypass" => new SocketsHttpHandler { Proxy = new WebProxy(_proxy.Address, BypassOnLocal: false, ["127.0.0.1"]) },
            "local" => new HttpClientHandler { Proxy = new WebProxy(_proxy.Address, BypassOnLocal: true) },
            _ => new PassingHandler(new SocketsHttpHandler { Proxy = new DirectProxy() }),
        });

        Assert.Equal("abc", (await tokens.GetTokenAsync(Cancellation)).Value);
        Assert.Equal(0, _proxy.Calls);
    }

    [Theory]
    [InlineData("http://localhost/", true)]
    [InlineData("http://LocalHost:5000/", true)]
    [InlineData("http://localhost./", true)]
    [InlineData("https://as.localhost/", true)]
    [InlineData("http://127.0.0.1/", true)]
    [InlineData("http://127.200.3.4/", true)]
    [InlineData("http://[::1]/", true)]
    [InlineData("http://[::ffff:127.0.0.1]/", true)]
    [InlineData("http://128.0.0.1/", false)]
    [InlineData("http://[::2]/", false)]
    [InlineData("http://loopback/", true)]
    [InlineData("http://notlocalhost/", false)]
    [InlineData("http://localhost.example.com/", false)]
    public void A_host_on_this_machine_is_recognized(string address, bool isLoopback) =>
        Assert.Equal(isLoopback, LoopbackProxy.IsLoopback(new(address)));

    private static JwtGrantOptions Options(string? endpoint)
    {
        var options = TestClient.Options();
        options.TokenEndpoint = endpoint;
        return options;
    }

    private sealed class PassingHandler(HttpMessageHandler inner) : DelegatingHandler(inner);

    /// <summary>A proxy that returns the destination itself, which means no proxy.</summary>
    private sealed class DirectProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination;

        public bool IsBypassed(Uri host) => false;
    }
}
