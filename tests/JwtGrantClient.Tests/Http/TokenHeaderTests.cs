using System.Collections.Concurrent;
using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Http;

/// <summary>The header and the scheme of the token are options, for transaction tokens and for APIs with a header of their own.</summary>
public sealed class TokenHeaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization", null, "Bearer token-1")]
    [InlineData("authorization", "", "token-1")]
    [InlineData("Authorization", "Token", "Token token-1")]
    [InlineData("Txn-Token", null, "token-1")]
    [InlineData("X-Api-Token", "Bearer", "Bearer token-1")]
    public async Task The_token_is_in_the_header_with_the_scheme(string name, string? scheme, string expected)
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok(), Options(name, scheme));
        string? received = null;
        using var http = Create(api.Tokens, Options(name, scheme), request =>
        {
            received = Assert.Single(request.Headers.GetValues(name));
            return ProtectedApi.Ok();
        });
        var message = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        await http.SendAsync(message, Cancellation);

        Assert.Equal(expected, received);
        Assert.False(message.Headers.Contains(name));
    }

    [Fact]
    public async Task A_header_that_the_caller_has_set_is_sent_unchanged_and_another_one_does_not_matter()
    {
        var received = new List<(string?, string?)>();
        using var http = Create(Issue("Bearer"), Options("Txn-Token"), request =>
        {
            received.Add((request.Headers.GetValues("Txn-Token").Single(), request.Headers.Authorization?.ToString()));
            return ProtectedApi.Ok();
        });

        await http.SendAsync(new(HttpMethod.Get, ProtectedApi.Address) { Headers = { { "Txn-Token", "own" } } }, Cancellation);
        await http.SendAsync(new(HttpMethod.Get, ProtectedApi.Address) { Headers = { { "Authorization", "Basic own" } } }, Cancellation);

        Assert.Equal([("own", null), ("a-token", "Basic own")], received);
    }

    [Fact]
    public async Task A_token_that_is_not_an_access_token_is_sent_in_a_header_of_its_own_only()
    {
        using var http = Create(Issue("N_A"), Options("Txn-Token"), request => new(request.Headers.Contains("Txn-Token") ? HttpStatusCode.OK : HttpStatusCode.BadRequest));
        using var refusing = Create(Issue("N_A"), Options("Authorization", "Bearer"), _ => ProtectedApi.Ok());

        using var response = await http.SendAsync(new(HttpMethod.Get, ProtectedApi.Address), Cancellation);
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => refusing.SendAsync(new(HttpMethod.Get, ProtectedApi.Address), Cancellation));

        Assert.Equal((HttpStatusCode.OK, "not_an_access_token"), (response.StatusCode, error.Code));
    }

    [Fact]
    public async Task A_token_with_a_proof_is_sent_in_the_Authorization_header_only()
    {
        using var http = Create(Issue("DPoP", new NoProof()), Options("Txn-Token"), _ => ProtectedApi.Ok());

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => http.SendAsync(new(HttpMethod.Get, ProtectedApi.Address), Cancellation));

        Assert.Equal("token_header_invalid", error.Code);
    }

    [Fact]
    public async Task A_rejected_token_is_replaced_in_the_header()
    {
        var received = new List<string>();
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        await tokens.GetTokenAsync(Cancellation);
        using var http = Create(tokens, Options("Txn-Token"), request =>
        {
            received.Add(Assert.Single(request.Headers.GetValues("Txn-Token")));
            return new(received.Count == 1 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
        });

        using var response = await http.SendAsync(new(HttpMethod.Get, ProtectedApi.Address), Cancellation);

        Assert.Equal(["token-1", "token-2"], received);
    }

    [Theory]
    [InlineData("", null), InlineData("Txn Token", null), InlineData("Txn:", null), InlineData("Authorization", "Bear er"), InlineData("Txn-Token", "B\u00e9arer")]
    [InlineData("Host", null), InlineData("host", ""), InlineData("Content-Type", null), InlineData("Expires", null), InlineData("Transfer-Encoding", null)]
    [InlineData("Connection", null)]
    public void A_name_or_a_scheme_that_is_not_valid_is_refused(string name, string? scheme)
    {
        var error = Assert.Throws<JwtGrantException>(() => new AccessTokenHandler(Issue("Bearer"), Options(name, scheme)));

        Assert.Equal((JwtGrantErrorKind.Configuration, "token_header_invalid"), (error.Kind, error.Code));
    }

    public static TheoryData<string> RedirectingHandlers => ["SocketsHttpHandler", "HttpClientHandler"];

    [Theory]
    [MemberData(nameof(RedirectingHandlers))]
    public async Task A_handler_that_follows_redirects_is_refused_for_another_header(string type)
    {
        using HttpMessageHandler last = type == nameof(SocketsHttpHandler) ? new SocketsHttpHandler() : new HttpClientHandler();
        using var http = new HttpMessageInvoker(new AccessTokenHandler(Issue("Bearer"), Options("Txn-Token")) { InnerHandler = last });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => http.SendAsync(new(HttpMethod.Get, "https://127.0.0.1:1/"), Cancellation));

        Assert.Equal("redirects_followed", error.Code);
        Assert.Contains($"the {type} follows redirects, which would take the token in the header Txn-Token to another origin", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task With_AddJwtGrantToken_a_redirect_is_returned_and_its_target_receives_nothing(bool hasOwnHandler)
    {
        var (received, other) = (new ConcurrentQueue<string>(), 0);
        await using var target = await LoopbackServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref other);
            return Task.CompletedTask;
        });
        await using var api = await LoopbackServer.StartAsync(http =>
        {
            received.Enqueue($"{http.Request.Headers["Txn-Token"]}");
            http.Response.Redirect($"{target.Address}/stolen");
            return Task.CompletedTask;
        });
        var services = new ServiceCollection();
        services.AddTestClient("reports", new());
        var builder = services.AddHttpClient("api", http => http.BaseAddress = new Uri(api.Address)).AddJwtGrantToken("reports", options => options.HeaderName = "Txn-Token");
        if (hasOwnHandler)
            builder.ConfigurePrimaryHttpMessageHandler(() => new HttpClientHandler());
        await using var provider = services.BuildServiceProvider();

        using var response = await provider.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync("/reports", Cancellation);

        Assert.Equal((HttpStatusCode.Found, 0), (response.StatusCode, other));
        Assert.Equal(["token-1"], received);
    }

    [Fact]
    public async Task The_header_is_redacted_in_the_log_of_HttpClient()
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", new());
        services.AddHttpClient("api").AddJwtGrantToken("reports", options => options.HeaderName = "Txn-Token");
        await using var provider = services.BuildServiceProvider();

        var isRedacted = provider.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get("api").ShouldRedactHeaderValue;

        Assert.Equal((true, true, true), (isRedacted("txn-token"), isRedacted("Authorization"), isRedacted("DPoP")));
    }

    private static AccessTokenHandlerOptions Options(string name, string? scheme = null) =>
        new() { AllowedOrigins = [ProtectedApi.Origin, "https://127.0.0.1:1"], HeaderName = name, Scheme = scheme };

    private static DelegateTokenSource Issue(string type, ITokenProof? proof = null) =>
        new((_, _) => Task.FromResult(new AccessToken("a-token", TestData.Moment.AddYears(1), type) { Proof = proof }));

    private static HttpMessageInvoker Create(ITokenSource tokens, AccessTokenHandlerOptions options, Func<HttpRequestMessage, HttpResponseMessage> respond) =>
        new(new AccessTokenHandler(tokens, options) { InnerHandler = new StubHandler(respond) });

    private sealed class NoProof : ITokenProof
    {
        public ValueTask<string> CreateProofAsync(HttpMethod method, Uri target, string accessToken, string? nonce, CancellationToken cancellationToken) => new("proof");

        public void StoreNonce(Uri target, string nonce)
        {
        }
    }
}
