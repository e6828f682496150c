using System.Net;
using System.Net.Http.Json;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

public sealed class HandlerRetryTests
{
    private static readonly byte[] Bytes = "bytes"u8.ToArray();

    public static TheoryData<string> BodiesThatCanBeSentAgain => ["bytes", "memory", "string", "form", "json", "slice"];

    public static TheoryData<string> BodiesThatCannot => ["stream", "multipart", "own"];

    [Theory]
    [MemberData(nameof(BodiesThatCanBeSentAgain))]
    public async Task A_body_that_can_be_sent_again_is(string kind)
    {
        await using var given = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await given.CacheFirstTokenAsync();

        using var response = await given.PostAsync(Body(kind));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
        Assert.NotEmpty(given.Bodies.First()!);
        Assert.Single(given.Bodies.Distinct());
    }

    [Theory]
    [MemberData(nameof(BodiesThatCannot))]
    public async Task A_body_that_cannot_is_not_but_the_next_call_has_a_new_token(string kind)
    {
        using var refusal = ProtectedApi.Unauthorized();
        await using var given = new ProtectedApi(token => token == "token-1" ? refusal : ProtectedApi.Ok());
        await given.CacheFirstTokenAsync();

        Assert.Same(refusal, await given.PostAsync(Body(kind)));
        Assert.Equal(["token-1"], given.TokensReceived);
        Assert.Equal(1, given.Endpoint.Requests);

        using var next = await given.GetAsync();
        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
    }

    [Fact]
    public async Task It_goes_out_at_once()
    {
        await using var given = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await given.CacheFirstTokenAsync();

        // The clock stands still: whatever waited for it would never return.
        using var response = await given.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TestData.Moment, given.Time.GetUtcNow());
    }

    [Fact]
    public async Task The_answer_of_the_first_attempt_is_disposed_exactly_once()
    {
        var bodies = new List<CountingBody>();
        await using var given = new ProtectedApi(token => Counted(token == "token-1" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, bodies));
        await given.CacheFirstTokenAsync();

        var response = await given.GetAsync();

        Assert.Equal([1, 0], bodies.Select(body => body.Disposals));
        response.Dispose();
        Assert.Equal([1, 1], bodies.Select(body => body.Disposals));
    }

    [Fact]
    public async Task An_answer_that_is_returned_is_the_callers_to_dispose()
    {
        var bodies = new List<CountingBody>();
        await using var given = new ProtectedApi(_ => Counted(HttpStatusCode.Unauthorized, bodies));
        await given.CacheFirstTokenAsync();
        given.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");

        var response = await given.GetAsync();

        Assert.Equal([0], bodies.Select(body => body.Disposals));
        response.Dispose();
        Assert.Equal([1], bodies.Select(body => body.Disposals));
    }

    [Fact]
    public async Task The_API_s_401_is_returned_when_no_new_token_can_be_had()
    {
        using var refusal = ProtectedApi.Unauthorized("""Bearer error="invalid_token" """);
        await using var given = new ProtectedApi(_ => refusal);
        await given.CacheFirstTokenAsync();
        given.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");

        Assert.Same(refusal, await given.GetAsync());

        Assert.Equal(2, given.Endpoint.Requests);
        Assert.Equal(["token-1"], given.TokensReceived);
    }

    [Fact]
    public async Task The_API_s_401_is_returned_when_the_gate_is_closed()
    {
        using var refusal = ProtectedApi.Unauthorized();
        await using var given = new ProtectedApi(_ => refusal);
        await given.CacheFirstTokenAsync();
        // A renewal ahead of time fails and closes the gate; the token is still good at the cache.
        given.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");
        given.Time.Advance(TimeSpan.FromMinutes(50));
        await given.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        await given.CacheLog.WaitForEventAsync(4);

        Assert.Same(refusal, await given.GetAsync());

        Assert.Equal(2, given.Endpoint.Requests);
        Assert.Equal(["token-1"], given.TokensReceived);
    }

    [Fact]
    public async Task The_API_s_401_is_returned_whatever_a_source_of_ones_own_throws()
    {
        using var refusal = ProtectedApi.Unauthorized();
        var source = new OnceOnly(new HttpRequestException("The vault is sealed."));
        using var http = new HttpMessageInvoker(new AccessTokenHandler(source) { InnerHandler = new StubHandler(_ => refusal) });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        Assert.Same(refusal, await http.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_source_that_gives_up_on_its_own_clock_is_no_cancellation_of_the_callers()
    {
        using var refusal = ProtectedApi.Unauthorized();
        var source = new OnceOnly(new TaskCanceledException("The vault took too long."));
        using var http = new HttpMessageInvoker(new AccessTokenHandler(source) { InnerHandler = new StubHandler(_ => refusal) });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        Assert.Same(refusal, await http.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_cancelled_while_the_token_is_renewed_ends_at_once_and_disposes_the_401()
    {
        var bodies = new List<CountingBody>();
        await using var given = new ProtectedApi(_ => Counted(HttpStatusCode.Unauthorized, bodies));
        await given.CacheFirstTokenAsync();
        var gate = new TaskCompletionSource();
        given.Endpoint.DelayResponseUntil = gate.Task;
        using var cancelling = new CancellationTokenSource();

        var call = Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.GetAsync(cancelling.Token));
        await cancelling.CancelAsync();

        await call;
        Assert.Equal([1], bodies.Select(body => body.Disposals));
        Assert.Equal(["token-1"], given.TokensReceived);
        gate.SetResult();
    }

    private static HttpContent Body(string kind) => kind switch
    {
        "bytes" => new ByteArrayContent(Bytes),
        "slice" => new ByteArrayContent(Bytes, 1, 3),
        "memory" => new ReadOnlyMemoryContent(Bytes),
        "string" => new StringContent("text"),
        "form" => new FormUrlEncodedContent([new("a", "b")]),
        "json" => JsonContent.Create(new[] { 1, 2 }),
        "stream" => new StreamContent(new MemoryStream(Bytes)),
        "multipart" => new MultipartContent { new ByteArrayContent(Bytes) },
        _ => new CountingBody(),
    };

    private static HttpResponseMessage Counted(HttpStatusCode status, List<CountingBody> bodies)
    {
        bodies.Add(new CountingBody());
        return new(status) { Content = bodies[^1] };
    }

    private sealed class CountingBody : HttpContent
    {
        public int Disposals { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            stream.WriteAsync(Encoding.UTF8.GetBytes("own")).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 3;
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            base.Dispose(disposing);
        }
    }

    /// <summary>A source that has one token and then none.</summary>
    private sealed class OnceOnly(Exception then) : ITokenSource
    {
        private int _asked;

        public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
            _asked++ == 0 ? new(new AccessToken("only-one", TestData.Moment)) : ValueTask.FromException<AccessToken>(then);
    }
}
