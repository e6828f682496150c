using System.Net.Http.Headers;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

public sealed class AccessTokenHandlerTests
{
    [Fact]
    public async Task The_handler_sends_the_token_as_a_bearer_credential()
    {
        AuthenticationHeaderValue? sent = null;
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens, ProtectedApi.Options())
        {
            InnerHandler = new StubHandler(request =>
            {
                sent = request.Headers.Authorization;
                return ProtectedApi.Ok();
            }),
        });

        using var response = await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal("Bearer token-1", sent?.ToString());
    }

    [Fact]
    public async Task The_handler_uses_the_cached_token_for_the_next_request()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());

        using var first = await api.GetAsync();
        using var second = await api.GetAsync();

        Assert.Equal(["token-1", "token-1"], api.TokensReceived);
        Assert.Equal(1, api.Endpoint.Requests);
    }

    [Fact]
    public async Task An_Authorization_header_of_the_caller_is_sent_unchanged_and_no_token_is_requested()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Unauthorized("Bearer"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://elsewhere.example.com/");
        request.Headers.Authorization = new("Bearer", "mine");

        using var response = await api.SendAsync(request);

        Assert.Equal(["mine"], api.TokensReceived);
        Assert.Equal("mine", request.Headers.Authorization.Parameter);
        Assert.Equal(0, api.Endpoint.Requests);
    }

    [Fact]
    public async Task An_Authorization_header_that_HttpClient_cannot_parse_is_sent_unchanged()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        request.Headers.TryAddWithoutValidation("Authorization", "=mine=");

        using var response = await api.SendAsync(request);

        Assert.Equal("=mine=", Assert.Single(request.Headers.NonValidated["Authorization"]));
        Assert.Equal(0, api.Endpoint.Requests);
    }

    [Fact]
    public async Task The_handler_preserves_the_other_headers_of_the_request()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address) { Headers = { { "Accept", "text/plain" } } };

        using var response = await api.SendAsync(request);

        Assert.Equal(["token-1"], api.TokensReceived);
        Assert.Equal("Accept", Assert.Single(request.Headers).Key);
    }

    [Fact]
    public async Task A_default_Authorization_header_of_the_HttpClient_is_sent_unchanged()
    {
        var endpoint = new FakeTokenEndpoint();
        string? sent = null;
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens, ProtectedApi.Options())
        {
            InnerHandler = new StubHandler(request =>
            {
                sent = request.Headers.Authorization?.ToString();
                return ProtectedApi.Ok();
            }),
        });
        http.DefaultRequestHeaders.Authorization = new("Basic", "bWU6bWU=");

        using var response = await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal("Basic bWU6bWU=", sent);
        Assert.Equal(0, endpoint.Requests);
    }

    [Fact]
    public async Task No_API_request_is_sent_if_no_token_is_available()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());
        api.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => api.GetAsync());

        Assert.Equal("invalid_grant", error.Error);
        Assert.Equal(0, api.Api.Calls);
    }

    [Fact]
    public async Task The_synchronous_Send_throws_NotSupportedException()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = new SocketsHttpHandler() });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        var error = Assert.Throws<NotSupportedException>(() => http.Send(request, TestContext.Current.CancellationToken));

        Assert.Contains("SendAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_handler_restores_the_request_after_a_retry()
    {
        await using var api = new ProtectedApi(token => token == "token-2" ? ProtectedApi.Ok() : ProtectedApi.Unauthorized());
        await api.CacheFirstTokenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, ProtectedApi.Address) { Content = new StringContent("body") };

        using var response = await api.SendAsync(request);

        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
        Assert.Null(request.Headers.Authorization);
        Assert.Empty(request.Headers);
        Assert.Empty(request.Options);
        Assert.Equal(ProtectedApi.Address, request.RequestUri!.OriginalString);
        Assert.Equal("body", await request.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_handler_removes_its_header_from_a_failed_request()
    {
        await using var api = new ProtectedApi(_ => throw new HttpRequestException("The network is down."));
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        await Assert.ThrowsAsync<HttpRequestException>(() => api.SendAsync(request));

        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_gets_the_current_token()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var first = await api.SendAsync(request);
        api.Time.Advance(TimeSpan.FromHours(1));
        using var second = await api.SendAsync(request);

        Assert.Equal(["token-1", "token-2"], api.TokensReceived);
    }

    [Fact]
    public async Task The_handler_requests_the_token_that_its_options_describe()
    {
        var options = new AccessTokenHandlerOptions { AllowedOrigins = [ProtectedApi.Origin], TokenRequest = new() { Scope = "reports.read" } };
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok(), options);

        using var response = await api.GetAsync();

        Assert.Equal("reports.read", api.Endpoint.Forms[0]["scope"]);
    }

    [Fact]
    public async Task A_request_can_set_the_subject_of_its_token()
    {
        var options = new AccessTokenHandlerOptions { AllowedOrigins = [ProtectedApi.Origin], TokenRequest = new() { Subject = "default" } };
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok(), options);

        foreach (var user in (string[])["alice", "bob", "alice"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
            request.SetTokenRequest(new TokenRequest { Subject = user });
            using var response = await api.SendAsync(request);
        }

        Assert.Equal(["token-1", "token-2", "token-1"], api.TokensReceived);
        Assert.Equal(["alice", "bob"], api.Endpoint.Forms.Select(form => Jwt.Parse(form["assertion"]!)["sub"]));
    }

    [Fact]
    public async Task A_rejected_token_of_one_user_does_not_affect_the_token_of_another()
    {
        await using var api = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        async Task CallAsync(string user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
            request.SetTokenRequest(new TokenRequest { Subject = user });
            using var response = await api.SendAsync(request);
        }

        foreach (var user in (string[])["alice", "bob", "alice", "bob", "alice"])
            await CallAsync(user);

        Assert.Equal(["token-1", "token-2", "token-1", "token-3", "token-2", "token-3"], api.TokensReceived);
    }

    [Fact]
    public async Task Cancelling_the_wait_for_a_token_ends_the_call_at_once_and_sends_nothing()
    {
        await using var api = new ProtectedApi(_ => ProtectedApi.Ok());
        var tokenResponse = new TaskCompletionSource();
        api.Endpoint.DelayResponseUntil = tokenResponse.Task;
        using var cancellation = new CancellationTokenSource();

        var call = Assert.ThrowsAnyAsync<OperationCanceledException>(() => api.GetAsync(cancellation.Token));
        await cancellation.CancelAsync();

        await call;
        Assert.Equal(0, api.Api.Calls);
        tokenResponse.SetResult();
    }

    [Fact]
    public async Task Disposing_the_handler_does_not_dispose_the_token_source()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);

        new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = new StubHandler(_ => ProtectedApi.Ok()) }.Dispose();

        Assert.Equal("token-1", (await tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }
}
