using System.Collections.Concurrent;
using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/resilience.md about hedging, which sends clones of a request, also to other origins.</summary>
public sealed class HedgingTests : IDisposable
{
    private const string Other = "https://other.example.com";

    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ConcurrentQueue<(string Host, string? Token)> _received = new();
    private readonly StubHandler _api;
    private Func<HttpRequestMessage, HttpResponseMessage> _respond = _ => ProtectedApi.Ok();

    public HedgingTests() => _api = new StubHandler((request, _) =>
    {
        _received.Enqueue((request.RequestUri!.Host, request.Headers.Authorization?.Parameter));
        return Task.FromResult(_respond(request));
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Each_hedged_clone_asks_for_the_token_again_if_hedging_comes_first()
    {
        await using var provider = Build(hedgingFirst: true);
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        _respond = request =>
        {
            if (request.Headers.Authorization!.Parameter != "token-1")
                return ProtectedApi.Ok();
            tokens.InvalidateAsync(TokenRequest.Default, new AccessToken("token-1", DateTimeOffset.MaxValue), Cancellation).AsTask().GetAwaiter().GetResult();
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        };

        using var response = await GetAsync(provider);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([("api.example.com", "token-1"), ("api.example.com", "token-2")], _received);
    }

    [Fact]
    public async Task A_hedged_clone_for_an_allowed_origin_has_the_token()
    {
        await using var provider = Build(hedgingFirst: true, routes: [ProtectedApi.Origin, Other], allowed: [Other]);
        _respond = request => request.RequestUri!.Host == "other.example.com" ? ProtectedApi.Ok() : new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        using var response = await GetAsync(provider);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([("api.example.com", "token-1"), ("other.example.com", "token-1")], _received);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hedged_clone_for_another_origin_is_refused(bool hedgingFirst)
    {
        await using var provider = Build(hedgingFirst, routes: [ProtectedApi.Origin, Other]);
        _respond = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        var error = await Record.ExceptionAsync(() => GetAsync(provider));

        Assert.Equal("origin_not_allowed", Assert.IsType<JwtGrantException>(error).Code);
        Assert.Equal([("api.example.com", "token-1")], _received);
    }

    [Fact]
    public async Task A_hedged_clone_that_requires_more_scope_gets_the_token_of_the_callback()
    {
        await using var provider = Build(hedgingFirst: true, configure: handler =>
            handler.OnChallenge = (challenge, _) => new(new TokenRequest(challenge.TokenRequest) { Scope = challenge.Scope }));
        _respond = request => request.Headers.Authorization!.Parameter == "token-1"
            ? ProtectedApi.Response(HttpStatusCode.Forbidden, """Bearer error="insufficient_scope", scope="reports.archive" """)
            : ProtectedApi.Ok();

        using var response = await GetAsync(provider);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([("api.example.com", "token-1"), ("api.example.com", "token-2")], _received);
    }

    private static Task<HttpResponseMessage> GetAsync(ServiceProvider provider) =>
        provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("reports", Cancellation).WithTimeout();

    private ServiceProvider Build(
        bool hedgingFirst, string[]? routes = null, string[]? allowed = null, Action<AccessTokenHandlerOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", _endpoint);
        var http = services.AddHttpClient("api", client => client.BaseAddress = new(ProtectedApi.Origin)).ConfigurePrimaryHttpMessageHandler(() => _api);
        if (hedgingFirst)
            AddHedging(http, routes);
        http.AddJwtGrantToken("reports", handler =>
        {
            handler.AllowedOrigins = allowed ?? [];
            configure?.Invoke(handler);
        });
        if (!hedgingFirst)
            AddHedging(http, routes);
        return services.BuildServiceProvider();
    }

    // The next attempt begins when the one before has failed, so that the order does not depend on time.
    private static void AddHedging(IHttpClientBuilder http, string[]? routes)
    {
        var hedging = http.AddStandardHedgingHandler(routing =>
        {
            if (routes is not null)
                routing.ConfigureOrderedGroups(groups => groups.Groups =
                    [.. routes.Select(route => new UriEndpointGroup { Endpoints = [new WeightedUriEndpoint { Uri = new(route) }] })]);
        });
        hedging.Configure(options => (options.Hedging.MaxHedgedAttempts, options.Hedging.Delay) = (1, Timeout.InfiniteTimeSpan));
    }
}
