using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The attempt timeout of 10 s, the total timeout of 30 s and the caller's cancellation, on connections without a response.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task An_attempt_without_a_response_ends_after_10_s_and_is_retried()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(silent.BeforeHeaders, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync();
        await silent.StartedAsync();
        client.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.False(request.IsCompleted);
        Assert.Equal(1, server.Calls);
        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", (await request).AccessToken.Value);
        await silent.ClosedAsync();
    }

    [Fact]
    public async Task AttemptTimeout_sets_the_time_of_an_attempt()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(silent.BeforeHeaders, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };
        client.Retry.AttemptTimeout = TimeSpan.FromSeconds(2);

        var request = client.RequestAsync();
        await silent.StartedAsync();
        client.Time.Advance(TimeSpan.FromMilliseconds(1_999));
        Assert.False(request.IsCompleted);
        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", (await request).AccessToken.Value);
    }

    [Fact]
    public async Task An_attempt_whose_body_stops_halfway_times_out_and_is_retried()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(silent.WithinBody, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync();
        await silent.StartedAsync();
        client.Time.Advance(ObservedTime.AttemptTimeout);

        Assert.Equal("abc", (await request).AccessToken.Value);
        await silent.ClosedAsync();
    }

    [Fact]
    public async Task All_attempts_together_end_after_30_s()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(silent.BeforeHeaders);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await silent.StartedAsync();
            client.Time.Advance(ObservedTime.AttemptTimeout);
        }

        var error = await request;
        Assert.Equal((JwtGrantErrorKind.Transport, "token_endpoint_timeout", true), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith("The token endpoint sent no usable response within ", error.FirstLine(), StringComparison.Ordinal);
        Assert.Null(error.StatusCode);
        Assert.InRange(server.Calls, 3, 4);
    }

    [Fact]
    public async Task A_total_timeout_reports_the_last_failure()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503, ("Retry-After", "25")), silent.BeforeHeaders);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        client.Time.Advance(await client.Time.NextDelayAsync());
        await silent.StartedAsync();
        client.Time.Advance(TimeSpan.FromSeconds(5));

        var error = await request;
        Assert.Equal(("token_endpoint_timeout", 503), (error.Code, error.StatusCode));
        Assert.StartsWith(
            "The token endpoint sent no usable response within 30 s. The last failure: The token endpoint responded with 503",
            error.Message, StringComparison.Ordinal);
        Assert.Equal(503, Assert.IsType<JwtGrantException>(error.InnerException).StatusCode);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_ends_the_HTTP_request_and_is_not_reported_as_a_failure()
    {
        var silent = new SilentServer();
        await using var server = await ScriptedServer.StartAsync(silent.BeforeHeaders);
        using var caller = new CancellationTokenSource();
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync(cancellation: caller.Token);
        await silent.StartedAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await silent.ClosedAsync();
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_ends_the_delay_between_attempts()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503));
        using var caller = new CancellationTokenSource();
        var client = new Composition { Endpoint = server.TokenEndpoint, Random = () => 0.5 };

        var request = client.RequestAsync(cancellation: caller.Token);
        await client.Time.NextDelayAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_request_that_is_already_cancelled_sends_nothing()
    {
        var handler = new StubHandler(_ => new HttpResponseMessage());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler }.RequestAsync(cancellation: new(canceled: true)));

        Assert.Equal(0, handler.Calls);
    }

    /// <summary>A server that stops responding until its client closes the connection.</summary>
    private sealed class SilentServer
    {
        private readonly Channel<bool> _started = Channel.CreateUnbounded<bool>(), _closed = Channel.CreateUnbounded<bool>();

        public RequestDelegate BeforeHeaders => WaitAsync;

        public RequestDelegate WithinBody => async context =>
        {
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await WaitAsync(context);
        };

        public Task<bool> StartedAsync() => _started.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ObservedTime.RealTimeout);

        public Task<bool> ClosedAsync() => _closed.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ObservedTime.RealTimeout);

        private async Task WaitAsync(HttpContext context)
        {
            var closed = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(() => closed.SetResult());
            _started.Writer.TryWrite(true);
            await closed.Task;
            _closed.Writer.TryWrite(true);
        }
    }
}
