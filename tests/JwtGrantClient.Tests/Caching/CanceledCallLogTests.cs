using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.Caching;

/// <summary>What the log says if a timeout around a call cancels its wait for a token, because the exception of that timeout says nothing about tokens.</summary>
public sealed class CanceledCallLogTests : IDisposable
{
    private readonly CacheFixture _cache = new(retry: new() { TotalTimeout = TimeSpan.FromMinutes(5) });

    [Fact]
    public async Task A_canceled_wait_is_logged_with_its_time_and_server()
    {
        await WaitAndCancelAsync(TimeSpan.FromSeconds(10));

        var line = Assert.Single(_cache.Log.Streaks);
        Assert.Equal((33, LogLevel.Warning), (line.EventId, line.Level));
        Assert.Equal(
            "A call waited for a token of client 'reports' from 'https://as.example.com' and was canceled after 00:00:10. If a timeout around the call canceled it, such as HttpClient.Timeout, the token request may take longer (Retry:TotalTimeout). Canceled calls: 1. Last failure: none.",
            line.Text);
    }

    [Fact]
    public async Task The_line_has_the_last_failure()
    {
        var failing = _cache.GetAsync();
        await _cache.FailRequestAsync(CacheFixture.Unreachable());
        await Assert.ThrowsAsync<JwtGrantException>(() => failing.WithTimeout());
        _cache.Time.Advance(TimeSpan.FromSeconds(20));

        await WaitAndCancelAsync(TimeSpan.FromSeconds(1));

        Assert.EndsWith(
            "Last failure: token_endpoint_unreachable: No response from 'as.example.com:443'.", Assert.Single(_cache.Log.Streaks, line => line.EventId == 33).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_canceled_calls_are_one_line_a_minute_with_their_number()
    {
        using var cancellation = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 100).Select(_ => _cache.Tokens.GetTokenAsync(TokenRequest.Default, cancellation.Token).AsTask()).ToList();
        await _cache.Source.NextCallAsync();
        _cache.Time.Advance(TimeSpan.FromSeconds(10));
        await cancellation.CancelAsync();
        foreach (var call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());

        await CancelAfterAsync(TimeSpan.FromSeconds(50));
        await CancelAfterAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["1", "102"], _cache.Log.Streaks.Select(line => line.Text.Split("Canceled calls: ")[1].Split('.')[0]));
    }

    [Fact]
    public async Task A_call_that_is_canceled_within_a_second_is_not_logged()
    {
        await WaitAndCancelAsync(TimeSpan.FromSeconds(1) - TimeSpan.FromTicks(1));

        Assert.Empty(_cache.Log.Streaks);
    }

    [Fact]
    public async Task A_timeout_around_an_HttpClient_call_is_logged_with_the_endpoint()
    {
        var (time, log, received) = (new ObservedTime(), new LogLines(), new TaskCompletionSource());
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(log));
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            received.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var options = TestClient.Options();
        (options.TokenEndpoint, options.AllowLoopbackHttp) = (server.Address + "/token", true);
        await using var tokens = JwtGrantTokenSource.Create(options, timeProvider: time, loggerFactory: logging);
        using var http = new HttpClient(new AccessTokenHandler(tokens, new() { AllowedOrigins = [ProtectedApi.Origin] }) { InnerHandler = new StubHandler(_ => ProtectedApi.Ok()) });
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);

        var call = http.GetAsync(ProtectedApi.Address, timeout.Token);
        await received.Task.WithTimeout();
        time.Advance(TimeSpan.FromSeconds(5));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
        Assert.Contains(log.All, line => line.StartsWith(
            $"Warning 33 A call waited for a token of client '' from endpoint '{server.Address}/token' and was canceled after 00:00:05.", StringComparison.Ordinal));
    }

    public void Dispose() => _cache.Dispose();

    private async Task WaitAndCancelAsync(TimeSpan wait)
    {
        var canceled = CancelAfterAsync(wait);
        await _cache.Source.NextCallAsync();
        await canceled;
    }

    private async Task CancelAfterAsync(TimeSpan wait)
    {
        using var timeout = new CancellationTokenSource(wait, _cache.Time);
        var call = _cache.Tokens.GetTokenAsync(TokenRequest.Default, timeout.Token).AsTask();
        _cache.Time.Advance(wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WithTimeout());
    }
}
