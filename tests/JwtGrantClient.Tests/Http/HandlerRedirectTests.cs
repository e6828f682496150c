using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace JwtGrantClient.Tests.Http;

/// <summary>
/// Redirects between servers on loopback. SocketsHttpHandler removes the header and changes the address of the request message, and a resilience handler
/// sends the same message again.
/// </summary>
public sealed class HandlerRedirectTests : IAsyncLifetime
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ConcurrentQueue<string> _receivedByApi = new();
    private readonly ConcurrentQueue<string> _receivedByOther = new();
    private Func<HttpContext, int, int> _apiResponse = (_, _) => 200;
    private Func<HttpContext, int, int> _otherResponse = (_, _) => 200;
    private LoopbackServer _api = null!;
    private LoopbackServer _other = null!;

    public enum Retries
    {
        None,
        Outside,
        Inside,
        Both,
    }

    public async ValueTask InitializeAsync()
    {
        _api = await LoopbackServer.StartAsync(http => RespondAsync(http, _receivedByApi, _apiResponse));
        _other = await LoopbackServer.StartAsync(http => RespondAsync(http, _receivedByOther, _otherResponse));
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(Retries.None)]
    [InlineData(Retries.Outside)]
    [InlineData(Retries.Inside)]
    [InlineData(Retries.Both)]
    public async Task A_redirect_to_another_host_that_responds_401_sends_no_token_and_requests_none(Retries retries)
    {
        _apiResponse = (http, _) => Redirect(http, $"{_other.Address}/target");
        _otherResponse = (http, _) => Challenge(http);
        await using var client = new Client(this, retries);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1"], _receivedByApi);
        Assert.Equal([""], _receivedByOther);
        Assert.Equal("token-1", (await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task A_retry_outside_the_handler_sends_no_token_to_the_target_of_a_redirect()
    {
        _apiResponse = (http, _) => Redirect(http, $"{_other.Address}/target");
        _otherResponse = (_, _) => 503;
        await using var client = new Client(this, Retries.Outside);

        var error = await Assert.ThrowsAsync<JwtGrantException>(client.GetAsync);

        Assert.Equal(
            $"The request was not sent: {_other.Address} is not allowed to receive the token. " +
            $"The request was addressed to {_api.Address}, and then a redirect or another handler changed its URI. If you trust the new origin, send the request to it directly.",
            error.Message);
        Assert.Equal([""], _receivedByOther);
        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task A_retry_inside_the_handler_sends_no_token_to_the_target_of_a_redirect()
    {
        _apiResponse = (http, _) => Redirect(http, $"{_other.Address}/target");
        _otherResponse = (http, number) => number < 3 ? 503 : Challenge(http);
        await using var client = new Client(this, Retries.Inside);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["", "", ""], _receivedByOther);
        Assert.Equal(["Bearer token-1"], _receivedByApi);
        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task The_retry_after_a_401_sends_no_token_to_the_target_of_a_redirect()
    {
        _apiResponse = (http, number) => number == 1 ? Challenge(http) : Redirect(http, $"{_other.Address}/target");
        _otherResponse = (http, _) => Challenge(http);
        await using var client = new Client(this, Retries.Both);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _receivedByApi);
        Assert.Equal([""], _receivedByOther);
        Assert.Equal(2, _endpoint.Requests);
    }

    [Fact]
    public async Task A_401_after_a_redirect_on_the_same_host_does_not_invalidate_the_token()
    {
        _apiResponse = (http, number) => number == 1 ? Redirect(http, "/moved") : Challenge(http);
        await using var client = new Client(this, Retries.None);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", ""], _receivedByApi);
        Assert.Equal("token-1", (await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task A_retry_outside_the_handler_acquires_the_token_again()
    {
        await using var client = new Client(this, Retries.Outside);
        var first = await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _apiResponse = (http, number) =>
        {
            // The token is invalidated between the attempts. The handler's own header of the first attempt must not be mistaken for one of the caller.
            if (number > 1)
                return 200;
            _ = client.Tokens.InvalidateAsync(TokenRequest.Default, first, CancellationToken.None).AsTask();
            return 503;
        };

        using var response = await client.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _receivedByApi);
    }

    [Theory]
    [InlineData(Retries.Outside)]
    [InlineData(Retries.Inside)]
    public async Task A_401_is_retried_with_a_new_token_inside_and_outside_a_resilience_handler(Retries retries)
    {
        _apiResponse = (http, number) => number switch { 1 => 503, 2 => Challenge(http), _ => 200 };
        await using var client = new Client(this, retries);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], _receivedByApi);
    }

    [Fact]
    public async Task A_handler_that_follows_redirects_with_the_header_gets_no_new_token_after_a_401()
    {
        var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        await using var _ = tokens;
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var redirecting = new StubHandler(request =>
        {
            request.RequestUri = new("https://elsewhere.example.com");
            return ProtectedApi.Unauthorized();
        });
        using var invoker = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = redirecting });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var response = await invoker.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(1, redirecting.Calls);
        Assert.Equal(1, _endpoint.Requests);
        Assert.Equal("token-1", (await tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    private static async Task RespondAsync(HttpContext http, ConcurrentQueue<string> received, Func<HttpContext, int, int> respond)
    {
        received.Enqueue(http.Request.Headers.Authorization.ToString());
        http.Response.StatusCode = respond(http, received.Count);
        await http.Response.CompleteAsync();
    }

    private static int Redirect(HttpContext http, string location)
    {
        http.Response.Headers.Location = location;
        return 307;
    }

    private static int Challenge(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = """Bearer error="invalid_token" """;
        return 401;
    }

    /// <summary>An application's HttpClient with the primary handler of HttpClientFactory, which follows redirects.</summary>
    private sealed class Client : IAsyncDisposable
    {
        private readonly ServiceProvider _provider;
        private readonly Uri _address;

        public Client(HandlerRedirectTests test, Retries retries)
        {
            _address = new Uri($"{test._api.Address}/reports");
            var services = new ServiceCollection();
            services.AddTestClient("reports", test._endpoint);
            var http = services.AddHttpClient("api", client => client.BaseAddress = new(test._api.Address));
            if (retries is Retries.Outside or Retries.Both)
                http.AddStandardResilienceHandler(RetryWithoutDelay);
            http.AddJwtGrantToken("reports");
            if (retries is Retries.Inside or Retries.Both)
                http.AddStandardResilienceHandler(RetryWithoutDelay);
            _provider = services.BuildServiceProvider();
            Tokens = _provider.GetRequiredKeyedService<ITokenSource>("reports");
        }

        public ITokenSource Tokens { get; }

        public Task<HttpResponseMessage> GetAsync() =>
            _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(_address, TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => _provider.DisposeAsync();

        private static void RetryWithoutDelay(HttpStandardResilienceOptions options) => (options.Retry.Delay, options.Retry.UseJitter) = (TimeSpan.Zero, false);
    }
}
