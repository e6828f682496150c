using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The number of retries and their delays: three retries after 1 s, 2 s and 4 s, each with full jitter.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(0.5, new[] { 500, 1500, 3500 })]
    [InlineData(0.25, new[] { 250, 750, 1750 })]
    [InlineData(0.999, new[] { 999, 2997, 6993 })]
    public async Task Three_retries_follow_with_exponential_delays_and_full_jitter(double random, int[] milliseconds)
    {
        var (time, requestTimes) = (new ObservedTime(), new ConcurrentQueue<int>());
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            requestTimes.Enqueue((int)(time.GetUtcNow() - TestData.Moment).TotalMilliseconds);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        var request = new Composition { Endpoint = server.TokenEndpoint, Time = time, Random = () => random }.FailAsync();
        for (var retry = 0; retry < 3; retry++)
            time.Advance(await time.NextDelayAsync());

        Assert.Equal(503, (await request).StatusCode);
        Assert.Equal([0, .. milliseconds], requestTimes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task MaxRetryAttempts_sets_the_number_of_retries(int retries)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503));
        var client = new Composition { Endpoint = server.TokenEndpoint };
        client.Retry.MaxRetryAttempts = retries;

        await client.FailAsync();

        Assert.Equal(1 + retries, server.Calls);
    }

    [Fact]
    public async Task Delay_sets_the_base_of_the_retry_delays()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Status(503), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint, Random = () => 0.5 };
        client.Retry.Delay = TimeSpan.FromSeconds(3);

        var request = client.RequestAsync();

        foreach (var seconds in new[] { 1.5, 3 })
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), await client.Time.NextDelayAsync());
            client.Time.Advance(TimeSpan.FromSeconds(seconds));
        }
        await request;
    }

    [Fact]
    public async Task A_jitter_of_zero_retries_without_delay()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Status(503), Reply.Status(503), Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint, Random = () => 0 }.RequestAsync();

        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(408), InlineData(409), InlineData(418), InlineData(429), InlineData(500), InlineData(502), InlineData(503), InlineData(504)]
    public async Task A_transient_status_is_retried(int status)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status), Reply.Token);

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync()).AccessToken.Value);
    }

    [Theory]
    [InlineData("invalid_client"), InlineData("invalid_grant"), InlineData("unauthorized_client"), InlineData("unsupported_grant_type")]
    [InlineData("invalid_scope"), InlineData("invalid_target"), InlineData("consent_required")]
    public async Task A_permanent_OAuth_error_is_not_retried(string oauthError)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Error(oauthError), Reply.Token);

        Assert.Equal(oauthError, (await new Composition { Endpoint = server.TokenEndpoint }.FailAsync()).Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Retries_stop_at_a_permanent_error()
    {
        await using var server = await ScriptedServer.StartAsync(
            Reply.Error("internal_failure"), Reply.Error("server_error"), Reply.Error("invalid_scope"));

        Assert.Equal("invalid_scope", (await new Composition { Endpoint = server.TokenEndpoint }.FailAsync()).Error);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_refused_connection_is_retried_and_reported_as_unreachable()
    {
        var attempts = 0;
        var client = new Composition { Endpoint = await ClosedPort.AddressAsync(), Random = () => 0 * ++attempts };

        var error = await client.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "server_unreachable", true), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("No response from '127.0.0.1:", error.FirstLine(), StringComparison.Ordinal);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_timeout_of_the_handler_is_a_transport_error_and_not_a_cancellation()
    {
        var handler = new StubHandler((_, _) => throw new TaskCanceledException("connect timed out", new TimeoutException()));

        var error = await new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler }.FailAsync();

        Assert.Equal("connection_failed", error.Code);
        Assert.Equal(4, handler.Calls);
    }

    [Fact]
    public async Task Each_retry_is_logged_with_its_cause()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Error("server_error"), Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        await client.RequestAsync();

        Assert.Equal(2, client.Log.Lines.Count);
        Assert.StartsWith("Information 1: Client '': the token request failed; attempt 2 follows in 00:00:00", client.Log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("responded with 503", client.Log.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Information 1: Client '': the token request failed; attempt 3 follows in ", client.Log.Lines[1], StringComparison.Ordinal);
    }
}
