using System.Collections.Concurrent;
using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace JwtGrantClient.Tests.Http;

/// <summary>Each send of a request carries a proof of its own (RFC 9449 section 4.2), whichever handler repeats it.</summary>
public sealed class DPoPResilienceTests : IAsyncDisposable
{
    private readonly ConcurrentQueue<Jwt> _proofs = new();
    private readonly Queue<HttpResponseMessage> _responses = new();
    private readonly StubHandler _api;
    private readonly ServiceCollection _services = [];
    private readonly JwtGrantTokenSource _tokens;

    public DPoPResilienceTests()
    {
        _api = new StubHandler(request =>
        {
            _proofs.Enqueue(Jwt.Parse(request.Headers.GetValues("DPoP").Single()));
            return _responses.TryDequeue(out var response) ? response : ProtectedApi.Ok();
        });
        var options = TestClient.Options();
        options.DPoP.Enabled = true;
        _tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: TokenEndpoint());
        _services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.DPoP.Enabled = true;
        }).UseTokenEndpointHandler(_ => TokenEndpoint());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return _tokens.DisposeAsync();
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_resilience_handler_on_either_side_sends_no_proof_twice(bool inside)
    {
        var http = _services.AddHttpClient("api", client => client.BaseAddress = new(ProtectedApi.Origin)).ConfigurePrimaryHttpMessageHandler(() => _api);
        if (!inside)
            http.AddStandardResilienceHandler(RetryWithoutDelay);
        http.AddJwtGrantToken("reports");
        if (inside)
            http.AddStandardResilienceHandler(RetryWithoutDelay);
        await using var provider = _services.BuildServiceProvider();
        Enqueue(HttpStatusCode.ServiceUnavailable, 2);

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("reports", Cancellation);

        Assert.Equal((HttpStatusCode.OK, 3), (response.StatusCode, _proofs.Count));
        Assert.Equal(3, _proofs.Select(proof => proof["jti"]).Distinct().Count());
    }

    [Fact]
    public async Task A_handler_that_was_added_last_sends_no_proof_twice()
    {
        _services.AddHttpClient("api", client => client.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports")
            .ConfigurePrimaryHttpMessageHandler(() => new SendTwice { InnerHandler = new SendTwice { InnerHandler = _api } });
        await using var provider = _services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("reports", Cancellation);

        Assert.Equal(4, _proofs.Select(proof => proof["jti"]).Distinct().Count());
    }

    [Fact]
    public async Task A_resilience_handler_without_a_container_sends_no_proof_twice()
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(new HttpRetryStrategyOptions { Delay = TimeSpan.Zero }).Build();
        using var http = new HttpClient(new AccessTokenHandler(_tokens, ProtectedApi.Options())
        {
            InnerHandler = new ResilienceHandler(pipeline) { InnerHandler = _api },
        });
        Enqueue(HttpStatusCode.ServiceUnavailable, 2);

        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(3, _proofs.Select(proof => proof["jti"]).Distinct().Count());
        Assert.Empty(request.Headers);
        Assert.DoesNotContain(request.Options, option => option.Key.StartsWith("JwtGrantClient", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_nonce_that_is_required_after_a_retry_is_sent_by_the_same_attempt()
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>().AddRetry(new HttpRetryStrategyOptions { Delay = TimeSpan.Zero }).Build();
        using var http = new HttpClient(new AccessTokenHandler(_tokens, ProtectedApi.Options())
        {
            InnerHandler = new ResilienceHandler(pipeline) { InnerHandler = _api },
        });
        RequireNonce("n1");
        Enqueue(HttpStatusCode.ServiceUnavailable, 1);
        RequireNonce("n2");

        using var response = await http.GetAsync(ProtectedApi.Address, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        // n1 was not refused by the 503, so it is the nonce of the next attempt.
        Assert.Equal([null, "n1", "n1", "n2"], _proofs.Select(proof => proof["nonce"]));
        Assert.Equal(4, _proofs.Select(proof => proof["jti"]).Distinct().Count());
    }

    [Fact]
    public async Task A_caller_with_its_own_header_sends_no_proof()
    {
        using var api = new StubHandler(request =>
        {
            Assert.False(request.Headers.Contains("DPoP"));
            return ProtectedApi.Ok();
        });
        using var http = new HttpClient(new AccessTokenHandler(_tokens, ProtectedApi.Options()) { InnerHandler = new SendTwice { InnerHandler = api } });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address) { Headers = { Authorization = new("Bearer", "mine") } };

        using var response = await http.SendAsync(request, Cancellation);

        Assert.Equal(2, api.Calls);
    }

    private static StubHandler TokenEndpoint() => new(_ => new(HttpStatusCode.OK)
    {
        Content = new StringContent("""{"access_token":"abc","token_type":"DPoP","expires_in":3600}""", Encoding.UTF8, "application/json"),
    });

    private static void RetryWithoutDelay(HttpStandardResilienceOptions options) => (options.Retry.Delay, options.Retry.UseJitter) = (TimeSpan.Zero, false);

    private void Enqueue(HttpStatusCode status, int times)
    {
        for (var i = 0; i < times; i++)
            _responses.Enqueue(new(status));
    }

    private void RequireNonce(string nonce)
    {
        var response = ProtectedApi.Unauthorized("DPoP error=\"use_dpop_nonce\"");
        response.Headers.Add("DPoP-Nonce", nonce);
        _responses.Enqueue(response);
    }

    /// <summary>Sends every request twice and returns the second response.</summary>
    private sealed class SendTwice : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (await base.SendAsync(request, cancellationToken)).Dispose();
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
