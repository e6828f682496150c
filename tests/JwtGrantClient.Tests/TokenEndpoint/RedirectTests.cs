using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Redirects of the token endpoint are errors, whatever handler sends the request (RFC 9700 section 4.12).</summary>
public sealed class RedirectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<int, string> Redirects => new(
        [301, 302, 303, 307, 308], ["built-in", "sockets", "client", "derived", "delegating", "buffering"]);

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task A_redirect_of_the_token_endpoint_is_an_error_and_no_request_reaches_the_other_host(int status, string handler)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));
        var client = handler == "built-in"
            ? new Composition { Endpoint = server.TokenEndpoint }
            : new Composition { Endpoint = server.TokenEndpoint, Handler = CreateHandler(handler) };

        var error = await client.FailAsync();

        Assert.Equal(("token_endpoint_redirected", (int?)status, false), (error.Code, error.StatusCode, error.IsTransient));
        Assert.Single(server.Requests);
        Assert.Equal(0, other.Calls);
    }

    [Fact]
    public async Task A_handler_that_is_in_use_and_follows_redirects_is_refused()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        using var handler = new SocketsHttpHandler();
        using var other = new HttpClient(handler, disposeHandler: false);
        using var response = await other.GetAsync(new Uri(server.Address), Cancellation);

        var error = Assert.Throws<JwtGrantException>(() => new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.Build());

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_endpoint_handler_in_use"), (error.Kind, error.Code));
        Assert.StartsWith("The SocketsHttpHandler of the token endpoint has AllowAutoRedirect = true", error.Message, StringComparison.Ordinal);
        Assert.Contains("Set AllowAutoRedirect to false", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_is_in_use_and_follows_no_redirects_is_used()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var other = new HttpClient(handler, disposeHandler: false);
        using var response = await other.GetAsync(new Uri(server.Address), Cancellation);

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync()).AccessToken.Value);
    }

    [Theory]
    [InlineData(307), InlineData(308)]
    public async Task A_handler_with_a_client_of_its_own_that_repeats_the_POST_at_another_host_is_stopped_and_reported(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new ForwardingHandler() }.FailAsync();

        AssertReported(error);
        Assert.Equal(0, other.Calls);
    }

    [Theory]
    [InlineData(301), InlineData(302), InlineData(303)]
    public async Task A_response_that_a_handler_got_from_another_host_is_discarded_and_reported(int status)
    {
        await using var other = await ScriptedServer.StartAsync(Reply.Token);
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status, ("Location", other.TokenEndpoint)));

        var error = await new Composition { Endpoint = server.TokenEndpoint, Handler = new ForwardingHandler() }.FailAsync();

        AssertReported(error);
        // These statuses turn the POST into a GET without a body: the other host received a request, but no assertion.
        Assert.Equal(("GET", ""), (Assert.Single(other.Requests).Method, other.Requests[0].Body));
    }

    [Fact]
    public async Task A_followed_redirect_to_another_path_of_the_same_host_is_reported()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(302, ("Location", "/elsewhere")), Reply.Token);

        AssertReported(await new Composition { Endpoint = server.TokenEndpoint, Handler = new ForwardingHandler() }.FailAsync());
    }

    private static HttpMessageHandler CreateHandler(string kind) => kind switch
    {
        "sockets" => new SocketsHttpHandler(),
        "client" => new HttpClientHandler(),
        "derived" => new DerivedHandler(),
        "delegating" => new BufferingHandler(new HttpClientHandler(), buffers: false),
        _ => new BufferingHandler(new BufferingHandler(new SocketsHttpHandler(), buffers: true), buffers: true),
    };

    private static void AssertReported(JwtGrantException error)
    {
        Assert.Equal((JwtGrantErrorKind.Configuration, "token_endpoint_redirect_followed"), (error.Kind, error.Code));
        Assert.Contains("Set AllowAutoRedirect to false", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    private sealed class DerivedHandler : HttpClientHandler;

    private sealed class BufferingHandler(HttpMessageHandler inner, bool buffers) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (buffers)
                await request.Content!.LoadIntoBufferAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>A handler that is not a DelegatingHandler, so that the library does not see the handler that it sends with.</summary>
    private sealed class ForwardingHandler : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _http = new(new HttpClientHandler());

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _http.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _http.Dispose();
            base.Dispose(disposing);
        }
    }
}
