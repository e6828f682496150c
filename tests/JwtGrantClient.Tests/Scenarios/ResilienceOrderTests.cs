using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly.Timeout;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>The statements of docs/resilience.md: what a resilience handler before or after AddJwtGrantToken repeats, and where its timeouts strike.</summary>
public sealed class ResilienceOrderTests : IDisposable
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(1), TotalTimeout = TimeSpan.FromSeconds(2);

    private readonly ObservedTime _time = new();
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly Queue<HttpStatusCode> _statuses = new();
    private readonly Queue<HttpResponseMessage> _responses = new();
    private readonly List<string?> _tokens = [];
    private readonly StubHandler _api;
    private Func<Task> _onSend = () => Task.CompletedTask;

    public ResilienceOrderTests() => _api = new StubHandler(async (request, _) =>
    {
        _tokens.Add(request.Headers.Authorization?.Parameter);
        await _onSend();
        return _responses.TryDequeue(out var response) ? response : _statuses.TryDequeue(out var status) ? new HttpResponseMessage(status) : ProtectedApi.Ok();
    });

    public enum HandlerOrder
    {
        ResilienceFirst,
        TokenFirst,
        ResilienceByDefault,
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData(HandlerOrder.ResilienceFirst, "token-1 token-2")]
    [InlineData(HandlerOrder.ResilienceByDefault, "token-1 token-2")]
    [InlineData(HandlerOrder.TokenFirst, "token-1 token-1")]
    public async Task A_retry_asks_for_the_token_again_if_the_resilience_handler_comes_first(HandlerOrder order, string tokens)
    {
        await using var provider = Build(order);
        _statuses.Enqueue(HttpStatusCode.ServiceUnavailable);
        _onSend = async () =>
        {
            if (_tokens.Count == 1)
                await Tokens(provider).GetNewTokenAsync(TokenRequest.Default, Cancellation);
        };

        using var response = await GetAsync(CreateClient(provider));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(tokens, string.Join(' ', _tokens));
    }

    [Theory]
    [InlineData(HandlerOrder.ResilienceFirst, HttpStatusCode.ServiceUnavailable, "token-1 token-1 token-2")]
    [InlineData(HandlerOrder.TokenFirst, HttpStatusCode.OK, "token-1 token-1 token-2 token-2")]
    public async Task The_resend_after_a_401_belongs_to_one_attempt_or_gets_retries_of_its_own(HandlerOrder order, HttpStatusCode expected, string tokens)
    {
        await using var provider = Build(order);
        await Tokens(provider).GetTokenAsync(Cancellation);
        foreach (var status in new[] { HttpStatusCode.ServiceUnavailable, HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK })
            _statuses.Enqueue(status);

        using var response = await GetAsync(CreateClient(provider));

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(tokens, string.Join(' ', _tokens));
    }

    [Theory]
    [InlineData(HandlerOrder.ResilienceFirst)]
    [InlineData(HandlerOrder.TokenFirst)]
    [InlineData(HandlerOrder.ResilienceByDefault)]
    public async Task A_request_that_requires_more_scope_is_sent_again_with_the_token_of_the_callback(HandlerOrder order)
    {
        await using var provider = Build(order, configureToken: handler =>
            handler.OnChallenge = (challenge, _) => new(new TokenRequest(challenge.TokenRequest) { Scope = challenge.Scope }));
        _responses.Enqueue(ProtectedApi.Response(HttpStatusCode.Forbidden, """Bearer error="insufficient_scope", scope="reports.archive" """));

        using var response = await GetAsync(CreateClient(provider));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("token-1 token-2", string.Join(' ', _tokens));
        Assert.Equal("reports.archive", _endpoint.Forms[^1]["scope"]);
    }

    [Fact]
    public async Task The_timeout_of_an_outer_resilience_handler_ends_the_wait_for_a_token_but_not_the_token_request()
    {
        await using var provider = Build(HandlerOrder.ResilienceFirst);
        var (arrived, respond) = DelayToken();

        var call = GetAsync(CreateClient(provider));
        await arrived.Task.WithTimeout();
        _time.Advance(TotalTimeout);
        await Assert.ThrowsAsync<TimeoutRejectedException>(() => call.WithTimeout());
        respond.SetResult();
        using var next = await GetAsync(CreateClient(provider)).WithTimeout();

        Assert.Equal((HttpStatusCode.OK, 1), (next.StatusCode, _endpoint.Requests));
        Assert.Equal(["token-1"], _tokens);
    }

    [Fact]
    public async Task The_timeouts_of_an_inner_resilience_handler_do_not_cover_the_wait_for_a_token()
    {
        await using var provider = Build(HandlerOrder.TokenFirst);
        var (arrived, respond) = DelayToken();

        var call = GetAsync(CreateClient(provider));
        await arrived.Task.WithTimeout();
        _time.Advance(2 * TotalTimeout);
        respond.SetResult();
        using var response = await call.WithTimeout();

        Assert.Equal((HttpStatusCode.OK, 1), (response.StatusCode, _endpoint.Requests));
    }

    [Theory]
    [InlineData(HandlerOrder.ResilienceFirst), InlineData(HandlerOrder.TokenFirst)]
    public async Task An_error_of_the_library_is_not_retried(HandlerOrder order)
    {
        _endpoint.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        await using var provider = Build(order);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(CreateClient(provider))).WithTimeout();

        Assert.True(error.IsTransient);
        Assert.Equal(1, _endpoint.Requests);
        Assert.Empty(_tokens);
    }

    [Fact]
    public async Task A_transient_error_of_the_library_can_be_retried_after_the_backoff()
    {
        _endpoint.ResponseOverride = number => number == 1 ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) : null;
        await using var provider = Build(HandlerOrder.ResilienceFirst, options =>
        {
            (options.TotalRequestTimeout.Timeout, options.Retry.MaxRetryAttempts, options.Retry.Delay) = (TimeSpan.FromMinutes(5), 6, TimeSpan.FromSeconds(2));
            options.Retry.ShouldHandle = arguments => ValueTask.FromResult(
                HttpClientResiliencePredicates.IsTransient(arguments.Outcome) || arguments.Outcome.Exception is JwtGrantException { IsTransient: true });
        });

        var call = GetAsync(CreateClient(provider));
        await _time.AdvanceDelaysUntilCompletedAsync(call, longest: TimeSpan.FromMinutes(1));
        using var response = await call;

        Assert.Equal((HttpStatusCode.OK, 2), (response.StatusCode, _endpoint.Requests));
    }

    [Fact]
    public async Task The_timeout_of_the_HttpClient_ends_the_wait_for_a_token_but_not_the_token_request()
    {
        await using var provider = Build(HandlerOrder.TokenFirst);
        var (arrived, respond) = DelayToken();
        var http = CreateClient(provider);
        http.Timeout = TimeSpan.FromMilliseconds(100);

        var call = http.GetAsync("reports", Cancellation);
        await arrived.Task.WithTimeout();
        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => call.WithTimeout());
        respond.SetResult();
        using var next = await GetAsync(CreateClient(provider)).WithTimeout();

        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal((HttpStatusCode.OK, 1), (next.StatusCode, _endpoint.Requests));
    }

    [Fact]
    public async Task A_resilience_handler_for_all_clients_does_not_apply_to_token_requests()
    {
        _endpoint.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        await using var provider = Build(HandlerOrder.ResilienceByDefault);

        await Assert.ThrowsAsync<JwtGrantException>(() => Tokens(provider).GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(1, _endpoint.Requests);
    }

    private static ITokenSource Tokens(ServiceProvider provider) => provider.GetRequiredKeyedService<ITokenSource>("reports");

    private static HttpClient CreateClient(ServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

    private static Task<HttpResponseMessage> GetAsync(HttpClient http) => http.GetAsync("reports", Cancellation);

    private static void Configure(HttpStandardResilienceOptions options)
    {
        (options.Retry.MaxRetryAttempts, options.Retry.Delay) = (1, TimeSpan.Zero);
        (options.AttemptTimeout.Timeout, options.TotalRequestTimeout.Timeout) = (AttemptTimeout, TotalTimeout);
    }

    private (TaskCompletionSource Arrived, TaskCompletionSource Respond) DelayToken()
    {
        var (arrived, respond) = (NewCompletion(), NewCompletion());
        (_endpoint.DelayResponseUntil, _endpoint.OnRequest) = (respond.Task, () => arrived.TrySetResult());
        return (arrived, respond);

        static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private ServiceProvider Build(
        HandlerOrder order, Action<HttpStandardResilienceOptions>? configure = null, Action<AccessTokenHandlerOptions>? configureToken = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddTestClient("reports", _endpoint);
        services.Configure<JwtGrantOptions>("reports", options => options.Retry.MaxRetryAttempts = 0);
        if (order == HandlerOrder.ResilienceByDefault)
            services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler(Configure));
        var http = services.AddHttpClient("api", client => client.BaseAddress = new(ProtectedApi.Origin)).ConfigurePrimaryHttpMessageHandler(() => _api);
        if (order == HandlerOrder.ResilienceFirst)
            http.AddStandardResilienceHandler(configure ?? Configure);
        http.AddJwtGrantToken("reports", configureToken);
        if (order == HandlerOrder.TokenFirst)
            http.AddStandardResilienceHandler(Configure);
        return services.BuildServiceProvider();
    }
}
