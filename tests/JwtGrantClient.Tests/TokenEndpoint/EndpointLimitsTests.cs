using System.Net;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.Retry;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The limits that all clients of a token endpoint share.</summary>
public sealed class EndpointLimitsTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new(TestData.Moment);
    private readonly FakeTokenEndpoint _endpoint = new() { Lifetime = 600 };
    private readonly LogLines _log = new();
    private ServiceProvider? _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_failing_endpoint_gets_few_requests_however_many_users_need_a_token()
    {
        _endpoint.ResponseOverride = _ => new(HttpStatusCode.ServiceUnavailable);
        var tokens = Build("reports", options => options.Retry.MaxRetryAttempts = 0);

        var errors = await Task.WhenAll(Enumerable.Range(0, 1000).Select(user => FailAsync(tokens, $"user-{user}")));

        // Those under way when the circuit breaker opened, and no others.
        Assert.InRange(_endpoint.Requests, 10, 10 + 64);
        Assert.Equal(1000 - _endpoint.Requests, errors.Count(error => error.Code == "token_endpoint_circuit_open"));
        Assert.All(errors, error => Assert.True(error.IsTransient));
    }

    [Fact]
    public async Task After_the_break_one_request_tries_the_endpoint_and_its_success_closes_the_circuit()
    {
        _endpoint.ResponseOverride = number => number <= 11 ? new(HttpStatusCode.BadGateway) : null;
        var tokens = Build("reports", options => options.Retry.MaxRetryAttempts = 0);
        await OpenCircuitAsync(tokens);

        var open = await FailAsync(tokens, "a");
        Assert.Equal((502, TimeSpan.FromSeconds(5)), (open.StatusCode, open.RetryAfter));
        Assert.Contains("502", open.Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("token_endpoint_failed", (await FailAsync(tokens, "b")).Code);
        Assert.Equal("token_endpoint_circuit_open", (await FailAsync(tokens, "c")).Code);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("token-12", (await GetAsync(tokens, "d")).Value);
        Assert.Equal("token-13", (await GetAsync(tokens, "e")).Value);
        Assert.Equal(13, _endpoint.Requests);
        Assert.Collection(
            _log.All.Where(line => line.Contains("The circuit breaker of", StringComparison.Ordinal)),
            line => Assert.Contains("is open for 00:00:05", line, StringComparison.Ordinal),
            line => Assert.Contains("is closed", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(400, "invalid_grant")]
    [InlineData(401, "invalid_client")]
    [InlineData(429, null)]
    public async Task A_4xx_response_to_one_client_does_not_stop_the_others(int status, string? error)
    {
        _endpoint.ResponseOverride = _ => new((HttpStatusCode)status)
        {
            Content = new StringContent(error is null ? "" : $$"""{"error":"{{error}}"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        var tokens = Build("reports", options => options.Retry.MaxRetryAttempts = 0);
        for (var user = 0; user < 50; user++)
            Assert.Equal(status, (await FailAsync(tokens, $"user-{user}")).StatusCode);
        _endpoint.ResponseOverride = _ => null;

        Assert.Equal("token-51", (await GetAsync(tokens, "another")).Value);
    }

    [Fact]
    public async Task Clients_of_one_endpoint_share_the_limits_and_those_of_another_endpoint_do_not()
    {
        _endpoint.ResponseOverride = number => number <= 10 ? new(HttpStatusCode.InternalServerError) : null;
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        foreach (var (name, address) in new[] { ("one", "https://a.example.com/token"), ("two", "https://a.example.com/token"), ("three", "https://b.example.com/token") })
            services.AddTestClient(name, _endpoint).Services.Configure<JwtGrantOptions>(name, options =>
            {
                options.TokenEndpoint = address;
                options.Retry.MaxRetryAttempts = 0;
            });
        await using var provider = services.BuildServiceProvider();
        await OpenCircuitAsync(provider.GetRequiredKeyedService<ITokenSource>("one"));

        var shared = await FailAsync(provider.GetRequiredKeyedService<ITokenSource>("two"), "a");
        var other = await GetAsync(provider.GetRequiredKeyedService<ITokenSource>("three"), "a");

        Assert.Equal(("token_endpoint_circuit_open", "token-11"), (shared.Code, other.Value));
    }

    [Fact]
    public async Task A_custom_retry_pipeline_does_not_replace_the_circuit_breaker_and_the_retry_budget()
    {
        _endpoint.ResponseOverride = _ => new(HttpStatusCode.BadGateway);
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 100, Delay = TimeSpan.Zero })
            .Build();
        var tokens = Build("reports", _ => { }, client => client.UseRetryPipeline(_ => pipeline));

        await FailAsync(tokens, "a");

        Assert.Equal(10, _endpoint.Requests);
    }

    [Fact]
    public async Task Retries_of_all_users_together_are_limited_by_a_budget()
    {
        // Every second request fails, so that the circuit breaker stays closed.
        _endpoint.ResponseOverride = number => number % 2 == 1 ? new(HttpStatusCode.BadGateway) : null;
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, Delay = TimeSpan.Zero })
            .Build();
        var tokens = Build("reports", options => options.EndpointLimits.FailureRatio = 0.9, client => client.UseRetryPipeline(_ => pipeline));

        var failures = 0;
        for (var user = 0; user < 100; user++)
            failures += await Record.ExceptionAsync(() => GetAsync(tokens, $"user-{user}")) is null ? 0 : 1;

        // 10 retries from the start, and one for each ten requests.
        Assert.InRange(_endpoint.Requests - 100, 10, 20);
        Assert.True(failures > 0);
    }

    [Fact]
    public void The_budget_grows_by_one_retry_per_second_and_one_for_ten_requests()
    {
        var limits = new EndpointLimits("https://as.example.com", new(), _time, () => 0, _log);
        Assert.Equal(10, Retries());

        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, Retries());
        for (var i = 0; i < 25; i++)
            limits.OnFirstAttempt();
        Assert.Equal(2, Retries());
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(10, Retries());

        int Retries()
        {
            var count = 0;
            while (limits.TryRetry())
                count++;
            return count;
        }
    }

    [Fact]
    public async Task A_Retry_After_of_503_holds_for_all_users_until_it_has_passed()
    {
        _endpoint.ResponseOverride = number => number == 1 ? WaitResponse(HttpStatusCode.ServiceUnavailable, 120) : null;
        var tokens = Build("reports", _ => { });
        Assert.Equal(503, (await FailAsync(tokens, "a")).StatusCode);

        var held = await FailAsync(tokens, "b");
        Assert.Equal("token_endpoint_wait", held.Code);
        Assert.InRange(held.RetryAfter!.Value.TotalSeconds, 120, 132);
        Assert.Equal(1, _endpoint.Requests);

        _time.Advance(TimeSpan.FromSeconds(133));
        Assert.Equal("token-2", (await GetAsync(tokens, "c")).Value);
    }

    [Fact]
    public async Task A_Retry_After_of_429_holds_for_its_client_id_only()
    {
        _endpoint.ResponseOverride = number => number == 1 ? WaitResponse(HttpStatusCode.TooManyRequests, 120) : null;
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.AddTestClient("one", _endpoint);
        services.AddTestClient("two", _endpoint).Services.Configure<JwtGrantOptions>("two", options => options.ClientId = "another");
        await using var provider = services.BuildServiceProvider();
        var (one, two) = (provider.GetRequiredKeyedService<ITokenSource>("one"), provider.GetRequiredKeyedService<ITokenSource>("two"));
        Assert.Equal(429, (await FailAsync(one, "a")).StatusCode);

        Assert.Equal("token_endpoint_wait", (await FailAsync(one, "b")).Code);
        Assert.Equal("token-2", (await GetAsync(two, "a")).Value);
    }

    [Fact]
    public async Task At_the_end_of_a_valid_token_one_attempt_is_made_although_the_server_asked_to_wait()
    {
        // Another user of the endpoint got the Retry-After. The token of the first user ends meanwhile.
        _endpoint.ResponseOverride = number => number is 2 or 3 ? WaitResponse(HttpStatusCode.ServiceUnavailable, 250) : null;
        var tokens = Build("reports", options => options.Refresh.EarliestFraction = options.Refresh.LatestFraction = 0.95);
        var first = await GetAsync(tokens, "a");
        _time.Advance(first.ExpiresAt - _time.GetUtcNow() - TimeSpan.FromSeconds(30));
        await FailAsync(tokens, "b");
        Assert.Equal(2, _endpoint.Requests);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(503, (await FailAsync(tokens, "a")).StatusCode);
        Assert.Equal(3, _endpoint.Requests);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("token_endpoint_failed", (await FailAsync(tokens, "a")).Code);
        Assert.Equal(3, _endpoint.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        if (_services is not null)
            await _services.DisposeAsync();
    }

    private static HttpResponseMessage WaitResponse(HttpStatusCode status, int seconds)
    {
        var response = new HttpResponseMessage(status);
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return response;
    }

    private static async Task OpenCircuitAsync(ITokenSource tokens)
    {
        for (var user = 0; user < 10; user++)
            await FailAsync(tokens, $"first-{user}");
    }

    private static Task<AccessToken> GetAsync(ITokenSource tokens, string user) =>
        tokens.GetTokenAsync(new() { Subject = user }, Cancellation).AsTask();

    private static Task<JwtGrantException> FailAsync(ITokenSource tokens, string user) => Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(tokens, user));

    private ITokenSource Build(string name, Action<JwtGrantOptions> configure, Action<IJwtGrantClientBuilder>? setUp = null)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_log));
        var client = services.AddTestClient(name, _endpoint);
        services.Configure(name, configure);
        setUp?.Invoke(client);
        _services = services.BuildServiceProvider();
        return _services.GetRequiredKeyedService<ITokenSource>(name);
    }
}
