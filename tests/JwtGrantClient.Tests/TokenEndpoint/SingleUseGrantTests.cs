using System.Net.Sockets;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>A single-use grant such as an authorization code is sent again only if no server can have seen it (RFC 6749 section 4.1.2).</summary>
public sealed class SingleUseGrantTests
{
    private static readonly ResiliencePipeline RetryingPipeline = new ResiliencePipelineBuilder().AddRetry(RetryEverything()).Build();

    public static TheoryData<string, RequestDelegate, string> Failures => new()
    {
        { "503", Reply.Status(503), "token_endpoint_failed" },
        { "429", Reply.Status(429), "token_endpoint_failed" },
        { "server_error", Reply.Error("server_error"), "token_request_refused" },
        { "dropped connection", Reply.Drop, "connection_failed" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_single_use_grant_is_not_retried_after_a_failure_that_a_server_may_have_seen(string failure, RequestDelegate response, string code)
    {
        foreach (var pipeline in new[] { null, RetryingPipeline })
        {
            await using var server = await ScriptedServer.StartAsync(response, Reply.Token);

            var error = await new Composition { Endpoint = server.TokenEndpoint, Pipeline = pipeline }.FailAsync(AuthorizationCode());

            Assert.True(server.Calls == 1, failure);
            Assert.Equal(code, error.Code);
        }
    }

    [Fact]
    public async Task A_single_use_grant_is_retried_if_no_connection_was_made()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var handler = new FailingConnections(failures: 2);

        var response = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync(AuthorizationCode());

        Assert.Equal("abc", response.AccessToken.Value);
        Assert.Equal("the-code", Assert.Single(server.Requests).Form["code"]);
    }

    [Fact]
    public async Task A_single_use_grant_is_sent_after_a_failed_metadata_request()
    {
        ScriptedServer server = null!;
        await using var _ = server = await ScriptedServer.StartAsync(
            Reply.Status(503),
            context => Reply.Json(200, $$"""{"issuer":"{{server.Address}}","token_endpoint":"{{server.TokenEndpoint}}"}""")(context),
            Reply.Token);

        Assert.Equal("abc", (await new Composition { Issuer = server.Address }.RequestAsync(AuthorizationCode())).AccessToken.Value);
        Assert.Equal(["GET", "GET", "POST"], server.Requests.Select(sent => sent.Method));
    }

    [Fact]
    public async Task A_single_use_grant_is_not_retried_after_an_attempt_without_a_response()
    {
        var started = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync(AuthorizationCode());
        await started.Task;
        client.Time.Advance(ObservedTime.AttemptTimeout);

        Assert.Equal("token_endpoint_timeout", (await request).Code);
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_cancellation_of_a_single_use_grant_by_its_caller_is_not_a_timeout(bool withCustomPipeline)
    {
        var started = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var caller = new CancellationTokenSource();
        var client = new Composition { Endpoint = server.TokenEndpoint, Pipeline = withCustomPipeline ? RetryingPipeline : null };

        var request = client.RequestAsync(AuthorizationCode(), caller.Token);
        await started.Task;
        await caller.CancelAsync();

        Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request)).CancellationToken);
        Assert.Equal(1, server.Calls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cancelled_attempt_is_not_reported_as_a_single_use_grant_that_was_used_up(bool wasSentBefore)
    {
        var attempts = new RequestAttempts { GrantMayBeRepeated = false };
        if (wasSentBefore)
            attempts.BeforeSending(TestContext.Current.CancellationToken);

        Assert.ThrowsAny<OperationCanceledException>(() => attempts.BeforeSending(new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task A_custom_pipeline_that_cancels_attempts_cannot_send_a_single_use_grant_twice()
    {
        var started = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            started.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var time = new ObservedTime();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(RetryEverything()).AddTimeout(TimeSpan.FromSeconds(1)).Build();

        var request = new Composition { Endpoint = server.TokenEndpoint, Time = time, Pipeline = pipeline }.FailAsync(AuthorizationCode());
        await started.Task;
        time.Advance(TimeSpan.FromSeconds(1));

        var error = await request;
        Assert.Equal(("grant_used_up", false), (error.Code, error.IsTransient));
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public void A_single_use_grant_that_was_sent_is_not_sent_again_after_an_attempt_that_could_not_reach_the_metadata()
    {
        var attempts = new RequestAttempts { GrantMayBeRepeated = false };
        attempts.BeforeAttempt();
        attempts.BeforeSending(TestContext.Current.CancellationToken);
        attempts.OnFailed(Failure("connection_failed"));
        attempts.BeforeAttempt();

        var unreachable = Failure("server_unreachable");
        attempts.OnFailed(unreachable);

        Assert.False(attempts.MayRetry(unreachable));
        Assert.Equal("connection_failed", Assert.Throws<JwtGrantException>(() => attempts.BeforeSending(TestContext.Current.CancellationToken)).Code);

        static JwtGrantException Failure(string code) => new(JwtGrantErrorKind.Transport, code, "No response.") { IsTransient = true };
    }

    [Fact]
    public void A_concurrent_second_attempt_of_a_single_use_grant_is_rejected()
    {
        var attempts = new RequestAttempts { GrantMayBeRepeated = false };
        attempts.BeforeSending(TestContext.Current.CancellationToken);

        var error = Assert.Throws<JwtGrantException>(() => attempts.BeforeSending(TestContext.Current.CancellationToken));

        Assert.Equal("grant_used_up", error.Code);
    }

    [Fact]
    public async Task A_request_that_a_custom_circuit_breaker_rejects_fails_with_JwtGrantException()
    {
        var breaker = new CircuitBreakerManualControl(isIsolated: true);
        var pipeline = new ResiliencePipelineBuilder().AddCircuitBreaker(new() { ManualControl = breaker }).Build();

        var error = await new Composition { Endpoint = TestData.TokenEndpoint, Pipeline = pipeline }.FailAsync();

        Assert.Equal(("token_request_not_let_through", true), (error.Code, error.IsTransient));
        Assert.IsType<IsolatedCircuitException>(error.InnerException);
    }

    private static Grant AuthorizationCode() => Grant.AuthorizationCode("the-code");

    private static RetryStrategyOptions RetryEverything() => new() { MaxRetryAttempts = 5, Delay = TimeSpan.Zero, ShouldHandle = _ => new(true) };

    /// <summary>A handler whose first connections fail.</summary>
    private sealed class FailingConnections : DelegatingHandler
    {
        public FailingConnections(int failures)
        {
            var remaining = failures;
            InnerHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellation) =>
                {
                    if (remaining-- > 0)
                        throw new SocketException((int)SocketError.NetworkUnreachable);
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
        }
    }
}
