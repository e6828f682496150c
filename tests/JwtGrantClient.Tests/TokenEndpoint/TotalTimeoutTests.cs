using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>The total timeout of a call of ITokenEndpoint applies under a custom pipeline too, whichever part does not respond.</summary>
public sealed class TotalTimeoutTests
{
    [Fact]
    public async Task A_request_without_a_response_ends_after_30_s_under_a_custom_pipeline()
    {
        var (requested, response) = (new TaskCompletionSource(), new TaskCompletionSource<HttpResponseMessage>());
        var handler = new StubHandler((_, cancellationToken) =>
        {
            requested.SetResult();
            return response.Task.WaitAsync(cancellationToken);
        });
        var client = new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler, Pipeline = ResiliencePipeline.Empty };

        var request = client.FailAsync();
        await requested.Task.WithTimeout();
        client.Time.Advance(ObservedTime.TotalTimeout);

        Assert.Equal("token_endpoint_timeout", (await request).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_ends_after_30_s_even_if_its_assertion_provider_ignores_cancellation(bool customPipeline)
    {
        var never = new TaskCompletionSource<Assertion>();
        var client = new Composition { Endpoint = TestData.TokenEndpoint, Pipeline = customPipeline ? ResiliencePipeline.Empty : null };

        var request = client.FailAsync(Grant.JwtBearer((_, _) => new(never.Task), TokenRequest.Default));
        client.Time.Advance(ObservedTime.TotalTimeout);

        var error = await request;
        Assert.Equal((JwtGrantErrorKind.Transport, "token_source_timeout", true), (error.Kind, error.Code, error.IsTransient));
        Assert.StartsWith("No token was obtained within 30 s. Check whether the signer", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Retry:TotalTimeout sets the limit.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_whose_signer_completes_after_the_timeout_is_not_sent()
    {
        var late = new TaskCompletionSource<Assertion>();
        var handler = new StubHandler((_, _) => throw new InvalidOperationException("Not reached."));
        var client = new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler };

        var request = client.FailAsync(Grant.JwtBearer((_, _) => new(late.Task), TokenRequest.Default));
        client.Time.Advance(ObservedTime.TotalTimeout);
        await request;
        late.SetResult(new("a.b.c", "type", DateTimeOffset.MaxValue));

        Assert.Equal(0, handler.Calls);
    }

    [Fact]
    public async Task A_timeout_of_the_signer_still_reports_the_failure_of_the_previous_attempt()
    {
        var never = new TaskCompletionSource<Assertion>();
        var handler = new StubHandler(_ => new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable));
        var client = new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler };
        var second = new TaskCompletionSource();

        var request = client.FailAsync(Grant.JwtBearer(
            (context, _) =>
            {
                if (context.Attempt == 1)
                    return new(new Assertion("a.b.c", "type", DateTimeOffset.MaxValue));
                second.TrySetResult();
                return new(never.Task);
            },
            TokenRequest.Default));
        await second.Task.WithTimeout();
        client.Time.Advance(ObservedTime.TotalTimeout);

        var error = await request;
        Assert.Equal("token_source_timeout", error.Code);
        Assert.Contains("The last failure: The token endpoint responded with 503", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_request_throws_with_the_cancellation_token_of_the_caller()
    {
        using var caller = new CancellationTokenSource();
        var requested = new TaskCompletionSource();
        var handler = new StubHandler((_, cancellationToken) =>
        {
            requested.SetResult();
            return new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
        });

        var request = new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler }.RequestAsync(cancellation: caller.Token);
        await requested.Task.WithTimeout();
        await caller.CancelAsync();

        Assert.Equal(caller.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request)).CancellationToken);
    }

    [Fact]
    public async Task A_single_use_grant_that_a_server_may_have_seen_is_not_reported_as_unreachable()
    {
        var calls = 0;
        var (sent, time) = (new TaskCompletionSource(), new ObservedTime());
        var handler = new StubHandler((_, cancellationToken) =>
        {
            if (++calls == 1)
                throw new HttpRequestException(HttpRequestError.ConnectionError);
            sent.SetResult();
            return new TaskCompletionSource<HttpResponseMessage>().Task.WaitAsync(cancellationToken);
        });
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new() { MaxRetryAttempts = 3, Delay = TimeSpan.Zero }).AddTimeout(TimeSpan.FromSeconds(1)).Build();

        var request = new Composition { Endpoint = TestData.TokenEndpoint, Handler = handler, Pipeline = pipeline, Time = time }
            .FailAsync(Grant.AuthorizationCode("the-code"));
        await sent.Task.WithTimeout();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("grant_used_up", (await request).Code);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_refresh_with_a_single_attempt_gets_one_more_if_the_server_requires_a_nonce()
    {
        var pipeline = new TokenRequestPipeline(new(), new ObservedTime(), () => 0, NullLogger.Instance);
        var attempts = new RequestAttempts { IsSingle = true };
        var calls = 0;

        var result = await pipeline.RunAsync(
            (attempts, _) =>
            {
                attempts.TryKeepNonce("n1");
                return ++calls == 1 ? throw NonceRequired() : new ValueTask<string>("token");
            },
            attempts,
            TestContext.Current.CancellationToken);

        Assert.Equal(("token", 2), (result, calls));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_keeps_requiring_a_nonce_gets_two_requests(bool isSingle)
    {
        var pipeline = new TokenRequestPipeline(new(), new ObservedTime(), () => 0, NullLogger.Instance);
        var calls = 0;

        await Assert.ThrowsAsync<JwtGrantException>(() => pipeline.RunAsync<string>(
            (attempts, _) =>
            {
                calls++;
                attempts.TryKeepNonce("n1");
                throw NonceRequired();
            },
            new RequestAttempts { IsSingle = isSingle },
            TestContext.Current.CancellationToken));

        Assert.Equal(2, calls);
    }

    private static JwtGrantException NonceRequired() =>
        new(JwtGrantErrorKind.Refused, "token_request_refused", "The server requires its nonce.") { Error = "use_dpop_nonce", StatusCode = 400 };
}
