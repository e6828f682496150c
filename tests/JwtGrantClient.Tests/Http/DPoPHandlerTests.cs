using System.Collections.Concurrent;
using System.Net;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>DPoP at APIs, by the handler (RFC 9449 sections 7 and 9).</summary>
public sealed class DPoPHandlerTests : IAsyncDisposable
{
    private const string NonceDemand = "DPoP error=\"use_dpop_nonce\"";

    private readonly ConcurrentQueue<(string? Scheme, string? Token, Jwt Proof)> _seen = new();
    private readonly Queue<HttpResponseMessage> _answers = new();
    private readonly JwtGrantTokenSource _tokens;
    private readonly HttpMessageInvoker _pipe;
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
        _pipe = new(new AccessTokenHandler(_tokens)
        {
            InnerHandler = new StubHandler(request =>
            {
                var sent = request.Headers.Authorization;
                _seen.Enqueue((sent?.Scheme, sent?.Parameter, Jwt.Parse(request.Headers.GetValues("DPoP").Single())));
                return _answers.TryDequeue(out var answer) ? answer : ProtectedApi.Ok();
            }),
        });
    }

    public ValueTask DisposeAsync()
    {
        _pipe.Dispose();
        return _tokens.DisposeAsync();
    }

    [Fact]
    public async Task Each_request_has_a_proof_of_its_own_and_nothing_stays_on_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "https://api.example.com/reports?page=2") { Content = new StringContent("x") };

        using var first = await SendAsync(request);
        using var second = await SendAsync();

        var (put, get) = (_seen.First(), _seen.Last());
        Assert.Equal(("DPoP", "token-1"), (put.Scheme, put.Token));
        Assert.Equal(("PUT", "https://api.example.com/reports"), (put.Proof["htm"], put.Proof["htu"]));
        Assert.NotEqual(put.Proof["jti"], get.Proof["jti"]);
        Assert.NotNull(put.Proof["ath"]);
        Assert.Null(request.Headers.Authorization);
        Assert.False(request.Headers.Contains("DPoP"));
    }

    [Fact]
    public async Task An_API_s_demand_for_a_nonce_is_met_with_the_same_token_and_no_token_request()
    {
        _answers.Enqueue(Demand("n1"));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-1"], _seen.Select(sent => sent.Token));
        Assert.Equal([null, "n1"], _seen.Select(sent => sent.Proof["nonce"]));
        Assert.Equal(1, _issued);
    }

    [Fact]
    public async Task It_is_met_for_a_kept_token_too_and_the_nonce_of_any_answer_is_the_next_proof_s()
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _answers.Enqueue(Demand("n1"));
        _answers.Enqueue(WithNonce(ProtectedApi.Ok(), "n2"));

        using var first = await SendAsync();
        using var second = await SendAsync();

        Assert.Equal([null, "n1", "n2"], _seen.Select(sent => sent.Proof["nonce"]));
    }

    [Fact]
    public async Task A_demand_that_does_not_end_is_returned()
    {
        _answers.Enqueue(Demand("n1"));
        _answers.Enqueue(Demand("n2"));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal((2, 1), (_seen.Count, _issued));
    }

    [Fact]
    public async Task A_demand_without_a_nonce_or_for_a_body_that_cannot_be_sent_again_is_returned()
    {
        _answers.Enqueue(ProtectedApi.Unauthorized(NonceDemand));
        using var response = await SendAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, 1), (response.StatusCode, _seen.Count));

        _answers.Enqueue(Demand("n1"));
        using var stream = new HttpRequestMessage(HttpMethod.Post, ProtectedApi.Address) { Content = new StreamContent(new MemoryStream([1])) };
        using var again = await SendAsync(stream);
        Assert.Equal((HttpStatusCode.Unauthorized, 2), (again.StatusCode, _seen.Count));
    }

    [Fact]
    public async Task A_token_that_the_API_refuses_is_renewed_and_proved_anew()
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _answers.Enqueue(ProtectedApi.Unauthorized("DPoP error=\"invalid_token\""));

        using var response = await SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], _seen.Select(sent => sent.Token));
        Assert.Equal(2, _seen.Select(sent => sent.Proof["ath"]).Distinct().Count());
    }

    [Theory]
    [InlineData("Bearer error=\"invalid_token\""), InlineData("DPoP error=\"invalid_dpop_proof\""), InlineData("Basic")]
    public async Task Another_challenge_is_returned_untouched(string challenge)
    {
        await _tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        _answers.Enqueue(ProtectedApi.Unauthorized(challenge));

        using var response = await SendAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, 1), (response.StatusCode, _seen.Count));
    }

    private static HttpResponseMessage Demand(string nonce) => WithNonce(ProtectedApi.Unauthorized(NonceDemand), nonce);

    private static HttpResponseMessage WithNonce(HttpResponseMessage response, string nonce)
    {
        response.Headers.Add("DPoP-Nonce", nonce);
        return response;
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage? request = null) =>
        _pipe.SendAsync(request ?? new(HttpMethod.Get, ProtectedApi.Address), TestContext.Current.CancellationToken);
}
