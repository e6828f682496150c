using System.Collections.Concurrent;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>How often and after how long (REFRESH: one flight): three retries, 1 s x 2^n with full jitter, Retry-After obeyed.</summary>
public sealed class RetryTests
{
    [Theory]
    [InlineData(0.5, new[] { 500, 1500, 3500 })]
    [InlineData(0.25, new[] { 250, 750, 1750 })]
    [InlineData(0.999, new[] { 999, 2997, 6993 })]
    public async Task Three_retries_are_spread_by_full_jitter(double random, int[] milliseconds)
    {
        var (time, seen) = (new ObservedTime(), new ConcurrentQueue<int>());
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            seen.Enqueue((int)(time.GetUtcNow() - TestData.Moment).TotalMilliseconds);
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });

        var request = new Composition { Endpoint = server.TokenEndpoint, Time = time, Random = () => random }.FailAsync();
        for (var retry = 0; retry < 3; retry++)
            time.Advance(await time.NextDelayAsync());

        Assert.Equal(503, (await request).StatusCode);
        Assert.Equal([0, .. milliseconds], seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task As_many_retries_follow_as_are_set(int retries)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503));
        var client = new Composition { Endpoint = server.TokenEndpoint };
        client.Retry.MaxRetryAttempts = retries;

        await client.FailAsync();

        Assert.Equal(1 + retries, server.Calls);
    }

    [Fact]
    public async Task The_base_of_the_delays_can_be_set()
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
    public async Task A_draw_of_zero_waits_for_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503), Reply.Status(503), Reply.Status(503), Reply.Token);

        await new Composition { Endpoint = server.TokenEndpoint, Random = () => 0 }.RequestAsync();

        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData(408), InlineData(409), InlineData(418), InlineData(429), InlineData(500), InlineData(502), InlineData(503), InlineData(504)]
    public async Task A_status_that_may_pass_is_retried(int status)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(status), Reply.Token);

        Assert.Equal("abc", (await new Composition { Endpoint = server.TokenEndpoint }.RequestAsync()).AccessToken.Value);
    }

    [Theory]
    [InlineData("invalid_client"), InlineData("invalid_grant"), InlineData("unauthorized_client"), InlineData("unsupported_grant_type")]
    [InlineData("invalid_scope"), InlineData("invalid_target"), InlineData("consent_required")]
    public async Task A_definite_error_is_not_retried(string oauthError)
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Error(oauthError), Reply.Token);

        Assert.Equal(oauthError, (await new Composition { Endpoint = server.TokenEndpoint }.FailAsync()).Error);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_retry_stops_where_the_error_turns_definite()
    {
        await using var server = await ScriptedServer.StartAsync(
            Reply.Error("internal_failure"), Reply.Error("server_error"), Reply.Error("invalid_scope"));

        Assert.Equal("invalid_scope", (await new Composition { Endpoint = server.TokenEndpoint }.FailAsync()).Error);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_refused_connection_is_retried_and_told_as_unreachable()
    {
        var attempts = 0;
        var client = new Composition { Endpoint = await ClosedPort.AddressAsync(), Random = () => 0 * ++attempts };

        var error = await client.FailAsync();

        Assert.Equal((JwtGrantErrorKind.Transport, "server_unreachable", true), (error.Kind, error.Code, error.IsTransient));
        Assert.Contains("No answer from '127.0.0.1:", error.FirstLine(), StringComparison.Ordinal);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_handlers_own_timeout_is_a_transport_error_and_no_cancellation()
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
        Assert.StartsWith("Information 1: Token request failed; attempt 2 follows in 00:00:00", client.Log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("answered 503", client.Log.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Information 1: Token request failed; attempt 3 follows in ", client.Log.Lines[1], StringComparison.Ordinal);
    }
}
