using System.Net;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace JwtGrantClient.Tests.Caching;

/// <summary>
/// While a token is valid, a refresh makes one attempt with any retry pipeline. With four attempts, a fleet would put several times the load on an
/// endpoint that fails.
/// </summary>
public sealed class BackgroundRefreshTests : IDisposable
{
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(49), AttemptTimeout = TimeSpan.FromSeconds(7);

    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ObservedTime _time = new();
    private readonly LogLines _log = new();

    [Theory]
    [InlineData("built-in")]
    [InlineData("custom retries")]
    [InlineData("custom retries with attempt timeouts")]
    public async Task A_refresh_that_fails_while_a_token_is_valid_is_not_retried(string pipeline)
    {
        await using var provider = Build(pipeline);
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _endpoint.ResponseOverride = _ => new(HttpStatusCode.ServiceUnavailable);

        _time.Advance(Stale);
        Assert.Same(first, await tokens.GetTokenAsync(TestContext.Current.CancellationToken));
        await _log.WaitForEventAsync(4).WithTimeout();

        // Before the backoff, which is at least half of 5 s.
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Same(first, await tokens.GetTokenAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, _endpoint.Requests);
    }

    [Fact]
    public async Task A_refresh_that_a_custom_timeout_cancels_is_not_retried()
    {
        await using var provider = Build("custom retries with attempt timeouts");
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        var first = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var requested = new TaskCompletionSource();
        _endpoint.DelayResponseUntil = new TaskCompletionSource().Task;
        _endpoint.OnRequest = requested.SetResult;

        _time.Advance(Stale);
        Assert.Same(first, await tokens.GetTokenAsync(TestContext.Current.CancellationToken));
        await requested.Task.WithTimeout();
        _time.Advance(AttemptTimeout);
        await _log.WaitForEventAsync(4).WithTimeout();

        Assert.Equal(2, _endpoint.Requests);
        Assert.Contains("The single attempt of a background refresh got no response", string.Join('\n', _log.All), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("built-in", 3, 4)]
    [InlineData("custom retries", 0, 6)]
    [InlineData("custom retries with attempt timeouts", 0, 6)]
    public async Task An_acquisition_without_a_valid_token_is_retried(string pipeline, int delays, int requests)
    {
        await using var provider = Build(pipeline);
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        _endpoint.ResponseOverride = _ => new(HttpStatusCode.ServiceUnavailable);

        var waiting = tokens.GetTokenAsync(TestContext.Current.CancellationToken).AsTask();
        for (var delay = 0; delay < delays; delay++)
            _time.Advance(await _time.NextDelayAsync());

        Assert.Equal(503, (await Assert.ThrowsAsync<JwtGrantException>(() => waiting)).StatusCode);
        Assert.Equal(requests, _endpoint.Requests);
    }

    [Fact]
    public async Task Callers_that_wait_when_the_token_expires_during_a_refresh_get_an_acquisition_with_retries()
    {
        var endpoint = new FakeTokenEndpoint { Lifetime = 20 };
        await using var provider = Build("built-in", endpoint);
        var tokens = provider.GetRequiredKeyedService<ITokenSource>("reports");
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        var response = new TaskCompletionSource();
        endpoint.DelayResponseUntil = response.Task;
        endpoint.ResponseOverride = number => number == 2 ? new(HttpStatusCode.ServiceUnavailable) : null;

        _time.Advance(TimeSpan.FromSeconds(17.9));
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        var waiting = tokens.GetTokenAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        response.SetResult();

        Assert.Equal("token-3", (await waiting.WithTimeout()).Value);
    }

    public void Dispose() => _log.Dispose();

    private ServiceProvider Build(string pipeline, FakeTokenEndpoint? endpoint = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace));
        var client = services.AddTestClient("reports", endpoint ?? _endpoint);
        if (pipeline != "built-in")
            client.UseRetryPipeline(_ => Retries(withTimeouts: pipeline.EndsWith("timeouts", StringComparison.Ordinal)));
        return services.BuildServiceProvider();
    }

    private ResiliencePipeline Retries(bool withTimeouts)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 5, Delay = TimeSpan.Zero, ShouldHandle = retry => new(retry.Outcome.Exception is not null) });
        return withTimeouts ? builder.AddTimeout(AttemptTimeout).Build() : builder.Build();
    }
}
