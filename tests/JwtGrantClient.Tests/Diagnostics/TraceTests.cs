using System.Diagnostics;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Diagnostics;

/// <summary>The activities of docs/telemetry.md.</summary>
[Collection(nameof(TraceTests))]
[CollectionDefinition(nameof(TraceTests), DisableParallelization = true)]
public sealed class TraceTests : IDisposable
{
    private readonly TraceRecorder _traces = new("System.Net.Http", "application");
    private readonly ActivitySource _application = new("application");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_acquisition_is_the_root_of_a_trace_with_its_attempts_and_signatures()
    {
        await using var services = Create(new FakeTokenEndpoint());

        await GetAsync(services);

        var acquisition = _traces.Single("jwtgrantclient.acquire");
        Assert.Null(acquisition.ParentId);
        Assert.Equal(["jwtgrantclient.acquire", "  jwtgrantclient.attempt", "    jwtgrantclient.sign"], _traces.Tree(acquisition));
        Assert.Equal(
            ["client=reports", "reason=first", "grant=jwt_bearer", "server.address=as.example.com", "outcome=acquired"], TraceRecorder.Tags(acquisition));
        Assert.Equal(
            ["client=reports", "attempt.number=1", "http.response.status_code=200"], TraceRecorder.Tags(_traces.Single("jwtgrantclient.attempt")));
        Assert.Equal(["client=reports", "signing.algorithm=RS256"], TraceRecorder.Tags(_traces.Single("jwtgrantclient.sign")));
    }

    [Fact]
    public async Task Callers_that_wait_have_an_activity_of_their_own_and_are_linked_with_the_acquisition_in_both_directions()
    {
        using var cache = new CacheFixture();
        var callers = Enumerable.Range(0, 3).Select(_ => StartCaller(cache)).ToList();
        await cache.CompleteRequestAsync(cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(callers.Select(caller => caller.Call)).WithTimeout();

        var (acquisition, waits) = (_traces.Single("jwtgrantclient.acquire"), _traces.Named("jwtgrantclient.wait").ToList());
        Assert.Equal(callers.Select(caller => caller.Activity.SpanId.ToString()).Order(), waits.Select(wait => wait.ParentSpanId.ToString()).Order());
        Assert.All(waits, wait => Assert.Equal(acquisition.Context, Assert.Single(wait.Links).Context));
        Assert.Equal(
            waits.Select(wait => wait.SpanId.ToString()).Order(), acquisition.Links.Select(link => link.Context.SpanId.ToString()).Order());
        Assert.Null(acquisition.ParentId);
        Assert.Empty(acquisition.Baggage);
        Assert.All(waits, wait => Assert.Equal(["client=reports", "reason=first", "outcome=acquired"], TraceRecorder.Tags(wait)));
    }

    [Fact]
    public async Task At_most_sixteen_callers_are_linked_with_an_acquisition()
    {
        using var cache = new CacheFixture();
        var callers = Enumerable.Range(0, 20).Select(_ => StartCaller(cache)).ToList();
        await cache.CompleteRequestAsync(cache.Issue(CacheFixture.Hour));
        await Task.WhenAll(callers.Select(caller => caller.Call)).WithTimeout();

        Assert.Equal(16, _traces.Single("jwtgrantclient.acquire").Links.Count());
        Assert.Equal(20, _traces.Named("jwtgrantclient.wait").Count());
    }

    [Fact]
    public async Task A_call_that_gets_a_cached_token_has_no_activity()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        var before = _traces.Ended.Count;

        cache.GetWithoutWaiting();

        Assert.Equal(before, _traces.Ended.Count);
    }

    [Fact]
    public async Task A_refresh_in_the_background_is_a_root_that_is_linked_with_the_call_that_started_it()
    {
        using var cache = new CacheFixture();
        await cache.CacheTokenAsync(CacheFixture.Hour);
        cache.Time.Advance(CacheFixture.HourRefreshAfter);
        using var caller = _application.StartActivity("request")!;
        cache.GetWithoutWaiting();
        await cache.CompleteRequestAsync(cache.Issue(CacheFixture.Hour));

        var refresh = _traces.Named("jwtgrantclient.acquire").Last();
        Assert.Equal((null, caller.Context), (refresh.ParentId, Assert.Single(refresh.Links).Context));
        Assert.Contains("reason=refresh", TraceRecorder.Tags(refresh));
        Assert.Single(_traces.Named("jwtgrantclient.wait"));
    }

    [Fact]
    public async Task A_wait_that_is_canceled_is_not_the_end_of_the_acquisition()
    {
        using var cache = new CacheFixture();
        using var giveUp = new CancellationTokenSource();
        var canceled = cache.Tokens.GetTokenAsync(TokenRequest.Default, giveUp.Token).AsTask();
        var request = await cache.Source.NextCallAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.WithTimeout());
        Assert.Empty(_traces.Named("jwtgrantclient.acquire"));
        request.Return(cache.Issue(CacheFixture.Hour));
        await cache.Log.NextAsync();

        Assert.Equal(["client=reports", "reason=first", "error.type=canceled", "outcome=canceled"], TraceRecorder.Tags(_traces.Single("jwtgrantclient.wait")));
        Assert.Contains("outcome=acquired", TraceRecorder.Tags(_traces.Single("jwtgrantclient.acquire")));
    }

    [Fact]
    public async Task A_failure_has_its_codes_and_a_description_without_a_stack_trace()
    {
        await using var services = Create(new FakeTokenEndpoint { ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant") });

        await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(services));

        string[] failure = ["error.type=invalid_grant", "error_code=token_request_refused", "oauth_error=invalid_grant", "http.response.status_code=400"];
        var (acquisition, attempt) = (_traces.Single("jwtgrantclient.acquire"), _traces.Single("jwtgrantclient.attempt"));
        Assert.Equal(["client=reports", "reason=first", "grant=jwt_bearer", "server.address=as.example.com", "outcome=failed", .. failure], TraceRecorder.Tags(acquisition));
        Assert.Equal(["client=reports", "attempt.number=1", .. failure], TraceRecorder.Tags(attempt));
        Assert.Equal(ActivityStatusCode.Error, acquisition.Status);
        Assert.StartsWith("token_request_refused: ", acquisition.StatusDescription, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", acquisition.StatusDescription!, StringComparison.Ordinal);
        Assert.InRange(acquisition.StatusDescription!.Length, 20, 256);
    }

    [Fact]
    public async Task Each_attempt_has_its_number_and_its_status()
    {
        var time = new ObservedTime();
        var endpoint = new FakeTokenEndpoint { ResponseOverride = number => number == 1 ? new(System.Net.HttpStatusCode.ServiceUnavailable) : null };
        await using var services = Create(endpoint, time: time, configure: options => options.Retry.Delay = TimeSpan.FromSeconds(1));

        await time.AdvanceDelaysUntilCompletedAsync(GetAsync(services), longest: TimeSpan.FromSeconds(1));

        Assert.Equal(
            [("1", "503"), ("2", "200")],
            _traces.Named("jwtgrantclient.attempt").Select(attempt =>
                (attempt.GetTagItem("jwtgrantclient.attempt.number")!.ToString(), attempt.GetTagItem("http.response.status_code")!.ToString())));
    }

    [Fact]
    public async Task The_metadata_is_read_below_the_first_attempt_and_the_requests_are_below_both()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Status(404), Reply.Token);
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            (options.TokenEndpoint, options.Issuer) = (null, server.Address);
        });
        await using var provider = services.BuildServiceProvider();

        await Assert.ThrowsAsync<JwtGrantException>(() => GetAsync(provider));

        var metadata = _traces.Single("jwtgrantclient.metadata");
        Assert.Equal(_traces.Named("jwtgrantclient.attempt").First().SpanId, metadata.ParentSpanId);
        Assert.Equal("jwtgrantclient.metadata", _traces.Tree(metadata).First());
        Assert.Contains("  System.Net.Http.HttpRequestOut", _traces.Tree(metadata));
        Assert.Contains("server.address=127.0.0.1", TraceRecorder.Tags(metadata));
    }

    [Fact]
    public async Task A_token_request_of_dotnet_is_below_its_attempt()
    {
        await using var server = await ScriptedServer.StartAsync(Reply.Token);
        await using var tokens = JwtGrantTokenSource.Create(WithEndpoint(server));

        await tokens.GetTokenAsync(Cancellation);

        Assert.Equal(
            ["jwtgrantclient.attempt", "  jwtgrantclient.sign", "  System.Net.Http.HttpRequestOut"], _traces.Tree(_traces.Single("jwtgrantclient.attempt")));
    }

    [Fact]
    public async Task The_shared_token_store_has_activities_below_the_acquisition()
    {
        using var cache = new CacheFixture(store: new InMemoryTokenStore());

        await cache.CacheTokenAsync(CacheFixture.Hour);
        await _traces.EndedAsync("jwtgrantclient.shared_store.set");

        var acquisition = _traces.Single("jwtgrantclient.acquire");
        var tree = _traces.Tree(acquisition).ToList();
        Assert.Contains("  jwtgrantclient.shared_store.get", tree);
        Assert.Contains("  jwtgrantclient.shared_store.set", tree);
    }

    [Fact]
    public async Task The_steps_of_a_chain_are_visible()
    {
        await using var chain = new TokenChain("Assertion:From");

        await chain.GetAsync();

        var acquisitions = _traces.Named("jwtgrantclient.acquire").ToDictionary(activity => (string)activity.GetTagItem("jwtgrantclient.client")!);
        var inner = _traces.Named("jwtgrantclient.wait").Single(wait => "inner".Equals(wait.GetTagItem("jwtgrantclient.client")));
        Assert.Equal(acquisitions["outer"].SpanId, inner.ParentSpanId);
        Assert.Equal(acquisitions["inner"].Context, Assert.Single(inner.Links).Context);
        Assert.Equal(inner.Context, Assert.Single(acquisitions["inner"].Links).Context);
    }

    [Fact]
    public async Task A_listener_that_throws_does_not_fail_a_call()
    {
        using var failing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "JwtGrantClient",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = _ => throw new InvalidOperationException("The exporter failed."),
            ActivityStopped = _ => throw new InvalidOperationException("The exporter failed."),
        };
        ActivitySource.AddActivityListener(failing);
        await using var services = Create(new FakeTokenEndpoint());
        using var caller = _application.StartActivity("request");

        Assert.Equal("token-1", (await GetAsync(services)).Value);
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public async Task Sampling_that_throws_does_not_fail_a_call()
    {
        using var failing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "JwtGrantClient",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => throw new InvalidOperationException("The sampler failed."),
        };
        ActivitySource.AddActivityListener(failing);
        await using var services = Create(new FakeTokenEndpoint());

        Assert.Equal("token-1", (await GetAsync(services)).Value);
    }

    public void Dispose()
    {
        _traces.Dispose();
        _application.Dispose();
    }

    private static Task<AccessToken> GetAsync(IServiceProvider services) =>
        services.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask();

    private static JwtGrantOptions WithEndpoint(ScriptedServer server)
    {
        var options = TestClient.Options();
        options.TokenEndpoint = server.TokenEndpoint;
        return options;
    }

    private static ServiceProvider Create(FakeTokenEndpoint endpoint, TimeProvider? time = null, Action<JwtGrantOptions>? configure = null)
    {
        var services = new ServiceCollection();
        if (time is not null)
            services.AddSingleton(time);
        services.AddTestClient("reports", endpoint);
        if (configure is not null)
            services.Configure("reports", configure);
        return services.BuildServiceProvider();
    }

    // Each in a request of its own with baggage.
    private (Activity Activity, Task<AccessToken> Call) StartCaller(CacheFixture cache)
    {
        var activity = _application.StartActivity("request")!;
        activity.AddBaggage("user", "alice");
        var call = cache.GetAsync();
        Activity.Current = null;
        return (activity, call);
    }
}
