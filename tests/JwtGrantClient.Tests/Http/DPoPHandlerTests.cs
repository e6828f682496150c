using System.Collections.Concurrent;
using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>The handler sends DPoP-bound tokens with proofs to an API (RFC 9449 sections 7 and 9).</summary>
public sealed class DPoPHandlerTests : IAsyncDisposable
{
    private const string NonceChallenge = "DPoP error=\"use_dpop_nonce\"";

    private readonly ConcurrentQueue<(string? Scheme, string? Token, Jwt Proof)> _received = new();
    private readonly Queue<HttpResponseMessage> _responses = new();
    private readonly JwtGrantTokenSource _tokens;
    private readonly HttpMessageInvoker _invoker;
    private int _issued;

    public DPoPHandlerTests()
    {
        var options = TestClient.Options();
        options.DPoP.Enabled = true;
        _tokens = JwtGrantTokenSource.Create(options, tokenEndpointHandler: new StubHandler(_ => new(HttpStatusCode.OK)
        {
            Content = new StringContent(
                $$"""{"access_token":"token-{{++_issued}}","token_type":"DPoP","expires_in":3600}""", Encoding.UTF8, "application/json"),
        }));
        _invoker = new(new AccessTokenHandler(_tokens, ProtectedApi.Options())
        {
            InnerHandler = new StubHandler(request =>
            {
                var sent = request.Headers.Authorization;
                _received.Enqueue((sent?.Scheme, sent?.Parameter, Jwt.Parse(request.Headers.GetValues("DPoP").Single())));
                return _responses.TryDequeue(out var response) ? response : ProtectedApi.Ok();
            }),
        });
    }

    public ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return _tokens.DisposeAsync();
    }

    [Fact]
    public async Task Each_request_carries_its_own_proof_and_is_restored_afterwards()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "https://api.example.com/reports?page=2") { Content = new StringContent("x") };

        using var first = await SendAsync(request);
        using var second = await SendAsync();

        var (put, get) = (_received.First(), _received.Last());
        Assert.Equal(("DPoP", "token-1"), (put.Scheme, put.Token));
        Assert.Equal(("PUT", "https://api.example.com/reports"), (put.Proof["htm"], put.Proof["htu"]));
        Assert.NotEqual(put.Proof["jti"], get.Proof["jti"]);
        Assert.NotNull(put.Proof["ath"]);
        Assert.Null(request.Headers.Authorization);
        Assert.False(request.Headers.Contains("DPoP"));
    }

    [Fact]
    public async Task A_nonce_that_the_API_requires_is_sent_with_the_same_token_and_without_a_token_request()
    {
        _responses.Enqueue(RequireNonce("n1"));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-1"], _received.Select(sent => sent.Token));
        Assert.Equal([null, "n1"], _received.Select(sent => sent.Proof["nonce"]));
        Assert.Equal(1, _issued);
    }

    [Fact]
    public async Task The_nonce_of_every_API_response_is_used_in_the_next_proof_also_for_a_cached_token()
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _responses.Enqueue(RequireNonce("n1"));
        _responses.Enqueue(WithNonce(ProtectedApi.Ok(), "n2"));

        using var first = await SendAsync();
        using var second = await SendAsync();

        Assert.Equal([null, "n1", "n2"], _received.Select(sent => sent.Proof["nonce"]));
    }

    [Fact]
    public async Task A_second_nonce_challenge_in_a_row_is_returned()
    {
        _responses.Enqueue(RequireNonce("n1"));
        _responses.Enqueue(RequireNonce("n2"));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal((2, 1), (_received.Count, _issued));
    }

    [Fact]
    public async Task A_nonce_challenge_without_a_nonce_or_for_a_body_that_cannot_be_resent_is_returned()
    {
        _responses.Enqueue(ProtectedApi.Unauthorized(NonceChallenge));
        using var response = await SendAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, 1), (response.StatusCode, _received.Count));

        _responses.Enqueue(RequireNonce("n1"));
        using var stream = new HttpRequestMessage(HttpMethod.Post, ProtectedApi.Address) { Content = new StreamContent(new MemoryStream([1])) };
        using var again = await SendAsync(stream);
        Assert.Equal((HttpStatusCode.Unauthorized, 2), (again.StatusCode, _received.Count));
    }

    [Fact]
    public async Task A_token_that_the_API_rejects_is_replaced_and_sent_with_a_new_proof()
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _responses.Enqueue(ProtectedApi.Unauthorized("DPoP error=\"invalid_token\""));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], _received.Select(sent => sent.Token));
        Assert.Equal(2, _received.Select(sent => sent.Proof["ath"]).Distinct().Count());
    }

    [Theory]
    [InlineData("Bearer error=\"invalid_token\""), InlineData("DPoP error=\"invalid_dpop_proof\""), InlineData("Basic")]
    public async Task Another_challenge_of_the_API_is_returned_unchanged(string challenge)
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _responses.Enqueue(ProtectedApi.Unauthorized(challenge));

        using var response = await SendAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, 1), (response.StatusCode, _received.Count));
    }

    private static HttpResponseMessage RequireNonce(string nonce) => WithNonce(ProtectedApi.Unauthorized(NonceChallenge), nonce);

    private static HttpResponseMessage WithNonce(HttpResponseMessage response, string nonce)
    {
        response.Headers.Add("DPoP-Nonce", nonce);
        return response;
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage? request = null) =>
        _invoker.SendAsync(request ?? new(HttpMethod.Get, ProtectedApi.Address), TestContext.Current.CancellationToken);
}
