using System.Net;
using System.Net.Http.Json;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

public sealed class HandlerRetryTests
{
    private static readonly byte[] Bytes = "bytes"u8.ToArray();

    public static TheoryData<string> RepeatableBodies => ["bytes", "memory", "string", "form", "slice"];

    public static TheoryData<string> SingleUseBodies => ["stream", "multipart", "own", "json", "derived"];

    [Theory]
    [MemberData(nameof(RepeatableBodies))]
    public async Task A_request_with_a_repeatable_body_is_retried(string kind)
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        using var response = await api.PostAsync(Body(kind));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
        Assert.NotEmpty(api.Bodies.First()!);
        Assert.Single(api.Bodies.Distinct());
    }

    [Theory]
    [MemberData(nameof(SingleUseBodies))]
    public async Task A_request_with_a_single_use_body_is_not_retried_but_its_token_is_replaced(string kind)
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        using var rejection = await api.PostAsync(Body(kind));
        Assert.Equal((HttpStatusCode.Unauthorized, 1), (rejection.StatusCode, api.TokensReceived.Count));

        // The next request may begin before the new token is there. It waits for it then.
        using var next = await api.GetAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal("token-2", api.TokensReceived[^1]);
        Assert.Equal(2, api.Endpoint.Requests);
    }

    [Fact]
    public async Task JsonContent_whose_source_can_be_read_once_is_sent_once_and_completely()
    {
        using var unauthorized = ProtectedApi.Unauthorized();
        await using var api = new ProtectedApi(token => token == "token-1" ? unauthorized : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();
        var source = new Queue<int>([0, 1, 2, 3, 4]);

        Assert.Same(unauthorized, await api.PostAsync(JsonContent.Create(Drain(source))));

        Assert.Equal(["[0,1,2,3,4]"], api.Bodies);

        static IEnumerable<int> Drain(Queue<int> source)
        {
            while (source.TryDequeue(out var number))
                yield return number;
        }
    }

    [Fact]
    public async Task The_retry_after_a_401_is_sent_without_delay()
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        await api.CacheFirstTokenAsync();

        // The clock does not advance, so a delay would never end.
        using var response = await api.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(TestData.Moment, api.Time.GetUtcNow());
    }

    [Fact]
    public async Task The_response_of_the_first_attempt_is_disposed_exactly_once()
    {
        var bodies = new List<CountingBody>();
        await using var api = new ProtectedApi(token => Counted(token == "token-1" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, bodies));
        await api.CacheFirstTokenAsync();

        var response = await api.GetAsync();

        Assert.Equal([1, 0], bodies.Select(body => body.Disposals));
        response.Dispose();
        Assert.Equal([1, 1], bodies.Select(body => body.Disposals));
    }

    [Fact]
    public async Task A_response_that_is_returned_is_disposed_by_the_caller()
    {
        var bodies = new List<CountingBody>();
        await using var api = new ProtectedApi(_ => Counted(HttpStatusCode.Unauthorized, bodies));
        await api.CacheFirstTokenAsync();
        api.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");

        var response = await api.GetAsync();

        Assert.Equal([0], bodies.Select(body => body.Disposals));
        response.Dispose();
        Assert.Equal([1], bodies.Select(body => body.Disposals));
    }

    [Fact]
    public async Task The_401_of_the_API_is_returned_if_no_new_token_is_available()
    {
        using var unauthorized = ProtectedApi.Unauthorized("""Bearer error="invalid_token" """);
        await using var api = new ProtectedApi(_ => unauthorized);
        await api.CacheFirstTokenAsync();
        api.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");

        Assert.Same(unauthorized, await api.GetAsync());

        Assert.Equal(2, api.Endpoint.Requests);
        Assert.Equal(["token-1"], api.TokensReceived);
    }

    [Fact]
    public async Task An_API_that_rejects_the_token_does_not_take_it_from_other_APIs_while_the_server_fails()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Unauthorized());
        using var other = new HttpMessageInvoker(new AccessTokenHandler(api.Tokens, ProtectedApi.Options()) { InnerHandler = new StubHandler(_ => ProtectedApi.Ok()) });
        await api.CacheFirstTokenAsync();
        api.Endpoint.ResponseOverride = _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);

        using var rejection = await api.GetAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        using var response = await other.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (rejection.StatusCode, response.StatusCode));
        // One attempt, because others have a valid token.
        Assert.Equal(2, api.Endpoint.Requests);
    }

    [Fact]
    public async Task The_401_of_the_API_is_returned_during_the_refresh_backoff()
    {
        using var unauthorized = ProtectedApi.Unauthorized();
        await using var api = new ProtectedApi(_ => unauthorized);
        await api.CacheFirstTokenAsync();
        // A background refresh fails and starts the backoff; the cached token is still valid.
        api.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_client");
        api.Time.Advance(TimeSpan.FromMinutes(50));
        await api.Tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        await api.CacheLog.WaitForEventAsync(4);

        Assert.Same(unauthorized, await api.GetAsync());

        Assert.Equal(2, api.Endpoint.Requests);
        Assert.Equal(["token-1"], api.TokensReceived);
    }

    [Fact]
    public async Task The_401_of_the_API_is_returned_if_a_custom_token_source_throws()
    {
        using var unauthorized = ProtectedApi.Unauthorized();
        var source = new SingleTokenSource(new HttpRequestException("The vault is locked."));
        using var http = new HttpMessageInvoker(new AccessTokenHandler(source, ProtectedApi.Options()) { InnerHandler = new StubHandler(_ => unauthorized) });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        Assert.Same(unauthorized, await http.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_timeout_of_a_custom_token_source_is_not_a_cancellation_by_the_caller()
    {
        using var unauthorized = ProtectedApi.Unauthorized();
        var source = new SingleTokenSource(new TaskCanceledException("The vault took too long."));
        using var http = new HttpMessageInvoker(new AccessTokenHandler(source, ProtectedApi.Options()) { InnerHandler = new StubHandler(_ => unauthorized) });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        Assert.Same(unauthorized, await http.SendAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Cancelling_a_call_while_its_token_is_replaced_ends_it_at_once_and_disposes_the_401()
    {
        var bodies = new List<CountingBody>();
        await using var api = new ProtectedApi(_ => Counted(HttpStatusCode.Unauthorized, bodies));
        await api.CacheFirstTokenAsync();
        var tokenResponse = new TaskCompletionSource();
        api.Endpoint.DelayResponseUntil = tokenResponse.Task;
        using var cancellation = new CancellationTokenSource();

        var call = Assert.ThrowsAnyAsync<OperationCanceledException>(() => api.GetAsync(cancellation.Token));
        await cancellation.CancelAsync();

        await call;
        Assert.Equal([1], bodies.Select(body => body.Disposals));
        Assert.Equal(["token-1"], api.TokensReceived);
        tokenResponse.SetResult();
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
        "derived" => new DerivedContent(),
        "multipart" => new MultipartContent { new ByteArrayContent(Bytes) },
        _ => new CountingBody(),
    };

    private static HttpResponseMessage Counted(HttpStatusCode status, List<CountingBody> bodies)
    {
        bodies.Add(new CountingBody());
        return new(status) { Content = bodies[^1] };
    }

    /// <summary>A buffer only by its base class: what it writes the second time is unknown.</summary>
    private sealed class DerivedContent() : ByteArrayContent(Bytes);

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

    /// <summary>A token source that returns one token and then throws.</summary>
    private sealed class SingleTokenSource(Exception error) : ITokenSource
    {
        private int _calls;

        public ValueTask<AccessToken> GetTokenAsync(TokenRequest request, CancellationToken cancellationToken = default) =>
            _calls++ == 0 ? new(new AccessToken("only-one", TestData.Moment)) : ValueTask.FromException<AccessToken>(error);
    }
}
