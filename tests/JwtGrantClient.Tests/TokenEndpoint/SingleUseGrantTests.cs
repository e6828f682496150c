using System.Net.Sockets;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.AspNetCore.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>An authorization code is used up by being seen (promise 3): it is sent again only where no server can have seen it.</summary>
public sealed class SingleUseGrantTests
{
    private static readonly ResiliencePipeline RetriesEverything = new ResiliencePipelineBuilder().AddRetry(Eager()).Build();

    public static TheoryData<string, RequestDelegate, string> Failures => new()
    {
        { "503", Reply.Status(503), "token_endpoint_failed" },
        { "429", Reply.Status(429), "token_endpoint_failed" },
        { "server_error", Reply.Error("server_error"), "token_request_refused" },
        { "dropped connection", Reply.Drop, "connection_failed" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_on_the_wire_is_not_followed_by_another_attempt(string failure, RequestDelegate reply, string code)
    {
        foreach (var pipeline in new[] { null, RetriesEverything })
        {
            await using var server = await ScriptedServer.StartAsync(reply, Reply.Token);

            var error = await new Composition { Endpoint = server.TokenEndpoint, Pipeline = pipeline }.FailAsync(Code());

            Assert.True(server.Calls == 1, failure);
            Assert.Equal(code, error.Code);
        }
    }

    [Fact]
    public async Task Where_no_connection_was_made_it_goes_on()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        var handler = new ConnectsLate(connectionsRefused: 2);

        var response = await new Composition { Endpoint = server.TokenEndpoint, Handler = handler }.RequestAsync(Code());

        Assert.Equal("abc", response.AccessToken.Value);
        Assert.Equal("the-code", Assert.Single(server.Requests).Form["code"]);
    }

    [Fact]
    public async Task Metadata_that_fails_first_has_not_used_it_up()
    {
        ScriptedServer server = null!;
        await using var _ = server = await ScriptedServer.StartAsync(
            Reply.Status(503),
            context => Reply.Json(200, $$"""{"issuer":"{{server.Address}}","token_endpoint":"{{server.TokenEndpoint}}"}""")(context),
            Reply.Token);

        Assert.Equal("abc", (await new Composition { Issuer = server.Address }.RequestAsync(Code())).AccessToken.Value);
        Assert.Equal(["GET", "GET", "POST"], server.Requests.Select(sent => sent.Method));
    }

    [Fact]
    public async Task A_silent_attempt_is_not_followed_by_another()
    {
        var begun = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync(Code());
        await begun.Task;
        client.Time.Advance(ObservedTime.Attempt);

        Assert.Equal("token_endpoint_timeout", (await request).Code);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task A_users_pipeline_that_cuts_attempts_short_cannot_send_it_twice()
    {
        var begun = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(context =>
        {
            begun.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var time = new ObservedTime();
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(Eager()).AddTimeout(TimeSpan.FromSeconds(1)).Build();

        var request = new Composition { Endpoint = server.TokenEndpoint, Time = time, Pipeline = pipeline }.FailAsync(Code());
        await begun.Task;
        time.Advance(TimeSpan.FromSeconds(1));

        var error = await request;
        Assert.Equal(("grant_used_up", false), (error.Code, error.IsTransient));
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public void An_attempt_beside_one_that_is_under_way_is_refused()
    {
        var attempts = new RequestAttempts { GrantMayBeRepeated = false };
        attempts.BeforeSending(TestContext.Current.CancellationToken);

        var error = Assert.Throws<JwtGrantException>(() => attempts.BeforeSending(TestContext.Current.CancellationToken));

        Assert.Equal("grant_used_up", error.Code);
    }

    [Fact]
    public async Task What_a_users_circuit_breaker_refuses_is_told_in_the_one_family_of_errors()
    {
        var breaker = new CircuitBreakerManualControl(isIsolated: true);
        var pipeline = new ResiliencePipelineBuilder().AddCircuitBreaker(new() { ManualControl = breaker }).Build();

        var error = await new Composition { Endpoint = TestData.TokenEndpoint, Pipeline = pipeline }.FailAsync();

        Assert.Equal(("token_request_not_let_through", true), (error.Code, error.IsTransient));
        Assert.IsType<IsolatedCircuitException>(error.InnerException);
    }

    private static Grant Code() => Grant.AuthorizationCode("the-code");

    private static RetryStrategyOptions Eager() => new() { MaxRetryAttempts = 5, Delay = TimeSpan.Zero, ShouldHandle = _ => new(true) };

    /// <summary>A network that comes up late.</summary>
    private sealed class ConnectsLate : DelegatingHandler
    {
        public ConnectsLate(int connectionsRefused)
        {
            var refusals = connectionsRefused;
            InnerHandler = new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellation) =>
                {
                    if (refusals-- > 0)
                        throw new SocketException((int)SocketError.NetworkUnreachable);
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
        }
    }
}
