using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>An http request to this machine does not go to a proxy, which would receive the token in clear text.</summary>
public sealed class LoopbackProxyTests : IAsyncLifetime
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private LoopbackServer _api = null!, _proxy = null!;
    private int _callsAtApi, _callsAtProxy;

    public async ValueTask InitializeAsync()
    {
        _api = await LoopbackServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref _callsAtApi);
            return Task.CompletedTask;
        });
        _proxy = await LoopbackServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref _callsAtProxy);
            return Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_request_that_would_go_to_a_proxy_is_refused_before_a_token_is_acquired(bool isSocketsHttpHandler)
    {
        var proxy = new WebProxy(_proxy.Address.Replace("://", "://user:password@", StringComparison.Ordinal));
        HttpMessageHandler handler = isSocketsHttpHandler ? new SocketsHttpHandler { Proxy = proxy } : new HttpClientHandler { Proxy = proxy };

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SendAsync(handler));

        Assert.Equal(("loopback_proxy", JwtGrantErrorKind.Configuration), (error.Code, error.Kind));
        Assert.Equal(
            $"The request was not sent: {_api.Address} is on this machine, but the HTTP handler would send the token in clear text to the proxy {_proxy.Address}. " +
            "Set UseProxy to false on the handler, add '127.0.0.1' to the environment variable NO_PROXY, or use https.",
            error.Message);
        Assert.Equal((0, 0, 0), (_endpoint.Requests, _callsAtApi, _callsAtProxy));
    }

    [Fact]
    public async Task A_handler_without_a_proxy_sends_the_request()
    {
        await SendAsync(new SocketsHttpHandler { UseProxy = false, Proxy = new WebProxy(_proxy.Address) });
        await SendAsync(new HttpClientHandler { UseProxy = false });
        await SendAsync(new SocketsHttpHandler { Proxy = new WebProxy(_proxy.Address, BypassOnLocal: false, [@"127\.0\.0\.1"]) });
        await SendAsync(new SocketsHttpHandler { Proxy = new WebProxy() });

        Assert.Equal((4, 0), (_callsAtApi, _callsAtProxy));
    }

    [Fact]
    public async Task A_proxy_that_throws_is_not_used_as_in_SocketsHttpHandler()
    {
        await SendAsync(new SocketsHttpHandler { Proxy = new ThrowingProxy() });

        Assert.Equal((1, 0), (_callsAtApi, _callsAtProxy));
    }

    [Fact]
    public async Task Another_handler_is_left_alone()
    {
        using var handler = new StubHandler(_ => ProtectedApi.Ok());

        await SendAsync(handler);

        Assert.Equal(1, handler.Calls);
    }

    [Fact]
    public async Task A_proxy_for_https_is_allowed_because_TLS_protects_the_token()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens, ProtectedApi.Options())
        {
            InnerHandler = new SocketsHttpHandler { Proxy = new WebProxy(_proxy.Address) },
        });

        // The proxy does not know CONNECT; that it was asked is enough.
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken));

        Assert.Equal(1, _endpoint.Requests);
    }

    private async Task SendAsync(HttpMessageHandler handler)
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        var options = new AccessTokenHandlerOptions { AllowedOrigins = [_api.Address], AllowLoopbackHttp = true };
        using var http = new HttpClient(new AccessTokenHandler(tokens, options) { InnerHandler = handler });
        using var response = await http.GetAsync(new Uri(_api.Address), TestContext.Current.CancellationToken);
    }

    private sealed class ThrowingProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => throw new InvalidOperationException("No proxy.");

        public bool IsBypassed(Uri host) => throw new InvalidOperationException("No proxy.");
    }
}
