using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace JwtGrantClient.Tests.Http;

/// <summary>
/// Real servers, real redirects: SocketsHttpHandler takes the header off and rewrites the address of the very message that a resilience
/// handler then sends again.
/// </summary>
public sealed class HandlerRedirectTests : IAsyncLifetime
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ConcurrentQueue<string> _seenByApi = new();
    private readonly ConcurrentQueue<string> _seenElsewhere = new();
    private Func<HttpContext, int, int> _apiAnswers = (_, _) => 200;
    private Func<HttpContext, int, int> _elsewhereAnswers = (_, _) => 200;
    private LoopbackServer _api = null!;
    private LoopbackServer _elsewhere = null!;

    public enum Retries
    {
        None,
        Outside,
        Inside,
        Both,
    }

    public async ValueTask InitializeAsync()
    {
        _api = await LoopbackServer.StartAsync(http => AnswerAsync(http, _seenByApi, _apiAnswers));
        _elsewhere = await LoopbackServer.StartAsync(http => AnswerAsync(http, _seenElsewhere, _elsewhereAnswers));
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _elsewhere.DisposeAsync();
    }

    [Theory]
    [InlineData(Retries.None)]
    [InlineData(Retries.Outside)]
    [InlineData(Retries.Inside)]
    [InlineData(Retries.Both)]
    public async Task Another_host_that_answers_401_gets_no_token_and_costs_none(Retries retries)
    {
        _apiAnswers = (http, _) => Redirect(http, $"{_elsewhere.Address}/trap");
        _elsewhereAnswers = (http, _) => Challenge(http);
        await using var client = new Client(this, retries);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1"], _seenByApi);
        Assert.Equal([""], _seenElsewhere);
        Assert.Equal("token-1", (await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task Another_host_gets_no_token_by_a_retry_from_outside()
    {
        _apiAnswers = (http, _) => Redirect(http, $"{_elsewhere.Address}/trap");
        _elsewhereAnswers = (_, _) => 503;
        await using var client = new Client(this, Retries.Outside);

        var error = await Assert.ThrowsAsync<JwtGrantException>(client.GetAsync);

        Assert.Equal(
            $"The request was not sent: {_elsewhere.Address} is not allowed to receive the token. " +
            $"The request was addressed to {_api.Address} and then redirected. If you trust the new origin, send the request to it directly.",
            error.Message);
        Assert.Equal([""], _seenElsewhere);
        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task Another_host_gets_no_token_by_a_retry_from_inside()
    {
        _apiAnswers = (http, _) => Redirect(http, $"{_elsewhere.Address}/trap");
        _elsewhereAnswers = (http, number) => number < 3 ? 503 : Challenge(http);
        await using var client = new Client(this, Retries.Inside);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["", "", ""], _seenElsewhere);
        Assert.Equal(["Bearer token-1"], _seenByApi);
        Assert.Equal(1, _endpoint.Requests);
    }

    [Fact]
    public async Task The_resend_after_a_401_gives_nothing_away_either()
    {
        _apiAnswers = (http, number) => number == 1 ? Challenge(http) : Redirect(http, $"{_elsewhere.Address}/trap");
        _elsewhereAnswers = (http, _) => Challenge(http);
        await using var client = new Client(this, Retries.Both);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _seenByApi);
        Assert.Equal([""], _seenElsewhere);
        Assert.Equal(2, _endpoint.Requests);
    }

    [Fact]
    public async Task A_401_behind_a_redirect_on_the_same_host_says_nothing_of_the_token_that_never_arrived()
    {
        _apiAnswers = (http, number) => number == 1 ? Redirect(http, "/moved") : Challenge(http);
        await using var client = new Client(this, Retries.None);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", ""], _seenByApi);
        Assert.Equal("token-1", (await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    [Fact]
    public async Task A_retry_from_outside_acquires_again()
    {
        await using var client = new Client(this, Retries.Outside);
        var first = await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _apiAnswers = (http, number) =>
        {
            // The token is given up between the attempts; our own header from the first pass must not count as the caller's.
            if (number > 1)
                return 200;
            _ = client.Tokens.InvalidateAsync(TokenRequest.Default, first, CancellationToken.None).AsTask();
            return 503;
        };

        using var response = await client.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _seenByApi);
    }

    [Theory]
    [InlineData(Retries.Outside)]
    [InlineData(Retries.Inside)]
    public async Task A_401_is_met_with_a_new_token_whichever_side_the_resilience_handler_is_on(Retries retries)
    {
        _apiAnswers = (http, number) => number switch { 1 => 503, 2 => Challenge(http), _ => 200 };
        await using var client = new Client(this, retries);
        await client.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        using var response = await client.GetAsync();

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(["Bearer token-1", "Bearer token-1", "Bearer token-2"], _seenByApi);
    }

    [Fact]
    public async Task A_redirect_handler_that_keeps_the_header_gains_nothing_by_a_401()
    {
        var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        await using var _ = tokens;
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var careless = new StubHandler(request =>
        {
            request.RequestUri = new("https://elsewhere.example.com");
            return ProtectedApi.Unauthorized();
        });
        using var pipe = new HttpMessageInvoker(new AccessTokenHandler(tokens) { InnerHandler = careless });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var response = await pipe.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(1, careless.Calls);
        Assert.Equal(1, _endpoint.Requests);
        Assert.Equal("token-1", (await tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }

    private static async Task AnswerAsync(HttpContext http, ConcurrentQueue<string> seen, Func<HttpContext, int, int> answer)
    {
        seen.Enqueue(http.Request.Headers.Authorization.ToString());
        http.Response.StatusCode = answer(http, seen.Count);
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

    /// <summary>An application's HttpClient: the factory's own SocketsHttpHandler, which follows redirects.</summary>
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
                http.AddStandardResilienceHandler(AtOnce);
            http.AddJwtGrantToken("reports");
            if (retries is Retries.Inside or Retries.Both)
                http.AddStandardResilienceHandler(AtOnce);
            _provider = services.BuildServiceProvider();
            Tokens = _provider.GetRequiredKeyedService<ITokenSource>("reports");
        }

        public ITokenSource Tokens { get; }

        public Task<HttpResponseMessage> GetAsync() =>
            _provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(_address, TestContext.Current.CancellationToken);

        public ValueTask DisposeAsync() => _provider.DisposeAsync();

        private static void AtOnce(HttpStandardResilienceOptions options) => (options.Retry.Delay, options.Retry.UseJitter) = (TimeSpan.Zero, false);
    }
}
