using System.Threading.Channels;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>10 s for an attempt, 30 s for all, and the caller's own cancellation, on connections that stay silent.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task A_silent_attempt_is_given_up_after_10_s_and_another_follows()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(silence.BeforeTheHead, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync();
        await silence.BegunAsync();
        client.Time.Advance(TimeSpan.FromMilliseconds(9_999));
        Assert.False(request.IsCompleted);
        Assert.Equal(1, server.Calls);
        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", (await request).AccessToken.Value);
        await silence.HungUpAsync();
    }

    [Fact]
    public async Task The_time_of_an_attempt_can_be_set()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(silence.BeforeTheHead, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };
        client.Retry.AttemptTimeout = TimeSpan.FromSeconds(2);

        var request = client.RequestAsync();
        await silence.BegunAsync();
        client.Time.Advance(TimeSpan.FromMilliseconds(1_999));
        Assert.False(request.IsCompleted);
        client.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", (await request).AccessToken.Value);
    }

    [Fact]
    public async Task A_body_that_stops_halfway_is_given_up_too()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(silence.InTheBody, Reply.Token);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync();
        await silence.BegunAsync();
        client.Time.Advance(ObservedTime.Attempt);

        Assert.Equal("abc", (await request).AccessToken.Value);
        await silence.HungUpAsync();
    }

    [Fact]
    public async Task The_whole_flight_ends_after_30_s()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(silence.BeforeTheHead);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            await silence.BegunAsync();
            client.Time.Advance(ObservedTime.Attempt);
        }

        var error = await request;
        Assert.Equal((JwtGrantErrorKind.Transport, "token_endpoint_timeout", true), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith("The token endpoint gave no usable answer within ", error.FirstLine(), StringComparison.Ordinal);
        Assert.Null(error.StatusCode);
        Assert.InRange(server.Calls, 3, 4);
    }

    [Fact]
    public async Task A_flight_that_runs_out_of_time_tells_its_last_failure()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(Reply.Status(503, ("Retry-After", "25")), silence.BeforeTheHead);
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.FailAsync();
        client.Time.Advance(await client.Time.NextDelayAsync());
        await silence.BegunAsync();
        client.Time.Advance(TimeSpan.FromSeconds(5));

        var error = await request;
        Assert.Equal(("token_endpoint_timeout", 503), (error.Code, error.StatusCode));
        Assert.StartsWith(
            "The token endpoint gave no usable answer within 30 s. The last failure: The token endpoint answered 503",
            error.Message, StringComparison.Ordinal);
        Assert.Equal(503, Assert.IsType<JwtGrantException>(error.InnerException).StatusCode);
    }

    [Fact]
    public async Task A_callers_cancellation_ends_the_request_on_the_wire_and_is_no_failure()
    {
        var silence = new Silence();
        await using var server = await ScriptedServer.StartAsync(silence.BeforeTheHead);
        using var caller = new CancellationTokenSource();
        var client = new Composition { Endpoint = server.TokenEndpoint };

        var request = client.RequestAsync(cancellation: caller.Token);
        await silence.BegunAsync();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await silence.HungUpAsync();
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task A_callers_cancellation_ends_the_wait_between_attempts()
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
    public async Task A_request_that_is_cancelled_beforehand_sends_nothing()
    {
        var handler = new StubHandler(_ => new HttpResponseMessage());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler }.RequestAsync(cancellation: new(canceled: true)));

        Assert.Equal(0, handler.Calls);
    }

    /// <summary>A server that stops talking until its client hangs up.</summary>
    private sealed class Silence
    {
        private readonly Channel<bool> _begun = Channel.CreateUnbounded<bool>(), _hungUp = Channel.CreateUnbounded<bool>();

        public RequestDelegate BeforeTheHead => WaitAsync;

        public RequestDelegate InTheBody => async context =>
        {
            await context.Response.WriteAsync("{", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await WaitAsync(context);
        };

        public Task<bool> BegunAsync() => _begun.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ObservedTime.RealTimeout);

        public Task<bool> HungUpAsync() => _hungUp.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(ObservedTime.RealTimeout);

        private async Task WaitAsync(HttpContext context)
        {
            var hungUp = new TaskCompletionSource();
            await using var registration = context.RequestAborted.Register(() => hungUp.SetResult());
            _begun.Writer.TryWrite(true);
            await hungUp.Task;
            _hungUp.Writer.TryWrite(true);
        }
    }
}
