using System.Net.Http.Headers;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

public sealed class AccessTokenHandlerTests
{
    [Fact]
    public async Task Sends_the_token_as_a_bearer_credential()
    {
        AuthenticationHeaderValue? seen = null;
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens)
        {
            InnerHandler = new StubHandler(request =>
            {
                seen = request.Headers.Authorization;
                return ProtectedApi.Ok();
            }),
        });

        using var response = await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal("Bearer token-1", seen?.ToString());
    }

    [Fact]
    public async Task Keeps_the_token_for_the_next_call()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());

        using var first = await given.GetAsync();
        using var second = await given.GetAsync();

        Assert.Equal(["token-1", "token-1"], given.TokensReceived);
        Assert.Equal(1, given.Endpoint.Requests);
    }

    [Fact]
    public async Task Leaves_the_callers_own_header_alone_and_asks_for_no_token()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Unauthorized("Bearer"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://elsewhere.example.com/");
        request.Headers.Authorization = new("Bearer", "mine");

        using var response = await given.SendAsync(request);

        Assert.Equal(["mine"], given.TokensReceived);
        Assert.Equal("mine", request.Headers.Authorization.Parameter);
        Assert.Equal(0, given.Endpoint.Requests);
    }

    [Fact]
    public async Task Leaves_a_header_alone_that_is_no_credential_by_the_platforms_reading()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
        request.Headers.TryAddWithoutValidation("Authorization", "=mine=");

        using var response = await given.SendAsync(request);

        Assert.Equal("=mine=", Assert.Single(request.Headers.NonValidated["Authorization"]));
        Assert.Equal(0, given.Endpoint.Requests);
    }

    [Fact]
    public async Task Adds_the_token_to_what_else_the_request_has()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address) { Headers = { { "Accept", "text/plain" } } };

        using var response = await given.SendAsync(request);

        Assert.Equal(["token-1"], given.TokensReceived);
        Assert.Equal("Accept", Assert.Single(request.Headers).Key);
    }

    [Fact]
    public async Task A_default_header_of_the_HttpClient_is_the_callers_own()
    {
        var endpoint = new FakeTokenEndpoint();
        string? seen = null;
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: endpoint.Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens)
        {
            InnerHandler = new StubHandler(request =>
            {
                seen = request.Headers.Authorization?.ToString();
                return ProtectedApi.Ok();
            }),
        });
        http.DefaultRequestHeaders.Authorization = new("Basic", "bWU6bWU=");

        using var response = await http.GetAsync(ProtectedApi.Address, TestContext.Current.CancellationToken);

        Assert.Equal("Basic bWU6bWU=", seen);
        Assert.Equal(0, endpoint.Requests);
    }

    [Fact]
    public async Task Sends_nothing_when_there_is_no_token()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());
        given.Endpoint.ResponseOverride = _ => FakeTokenEndpoint.ErrorResponse("invalid_grant");

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => given.GetAsync());

        Assert.Equal("invalid_grant", error.Error);
        Assert.Equal(0, given.Api.Calls);
    }

    [Fact]
    public async Task Refuses_to_send_synchronously()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        using var http = new HttpClient(new AccessTokenHandler(tokens) { InnerHandler = new SocketsHttpHandler() });
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        var error = Assert.Throws<NotSupportedException>(() => http.Send(request, TestContext.Current.CancellationToken));

        Assert.Contains("SendAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_the_request_back_as_it_was()
    {
        await using var given = new ProtectedApi(token => token == "token-2" ? ProtectedApi.Ok() : ProtectedApi.Unauthorized());
        await given.CacheFirstTokenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, ProtectedApi.Address) { Content = new StringContent("body") };

        using var response = await given.SendAsync(request);

        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
        Assert.Null(request.Headers.Authorization);
        Assert.Empty(request.Headers);
        Assert.Empty(request.Options);
        Assert.Equal(ProtectedApi.Address, request.RequestUri!.OriginalString);
        Assert.Equal("body", await request.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Takes_its_header_off_a_request_that_failed()
    {
        await using var given = new ProtectedApi(_ => throw new HttpRequestException("The network is down."));
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        await Assert.ThrowsAsync<HttpRequestException>(() => given.SendAsync(request));

        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task The_same_request_sent_again_gets_the_token_of_that_moment()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());
        using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);

        using var first = await given.SendAsync(request);
        given.Time.Advance(TimeSpan.FromHours(1));
        using var second = await given.SendAsync(request);

        Assert.Equal(["token-1", "token-2"], given.TokensReceived);
    }

    [Fact]
    public async Task A_handler_asks_for_what_its_options_say()
    {
        var options = new AccessTokenHandlerOptions { TokenRequest = new() { Scope = "reports.read" } };
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok(), options);

        using var response = await given.GetAsync();

        Assert.Equal("reports.read", given.Endpoint.Forms[0]["scope"]);
    }

    [Fact]
    public async Task A_request_can_say_for_whom_its_token_is()
    {
        var options = new AccessTokenHandlerOptions { TokenRequest = new() { Subject = "everybody" } };
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok(), options);

        foreach (var user in (string[])["alice", "bob", "alice"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
            request.SetTokenRequest(new TokenRequest { Subject = user });
            using var response = await given.SendAsync(request);
        }

        Assert.Equal(["token-1", "token-2", "token-1"], given.TokensReceived);
        Assert.Equal(["alice", "bob"], given.Endpoint.Forms.Select(form => Jwt.Parse(form["assertion"]!)["sub"]));
    }

    [Fact]
    public async Task A_refusal_of_one_users_token_costs_no_other_user_anything()
    {
        await using var given = new ProtectedApi(token => token == "token-1" ? ProtectedApi.Unauthorized() : ProtectedApi.Ok());
        async Task CallAsync(string user)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address);
            request.SetTokenRequest(new TokenRequest { Subject = user });
            using var response = await given.SendAsync(request);
        }

        foreach (var user in (string[])["alice", "bob", "alice", "bob", "alice"])
            await CallAsync(user);

        Assert.Equal(["token-1", "token-2", "token-1", "token-3", "token-2", "token-3"], given.TokensReceived);
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_token_ends_at_once_and_sends_nothing()
    {
        await using var given = new ProtectedApi(_ => ProtectedApi.Ok());
        var gate = new TaskCompletionSource();
        given.Endpoint.DelayResponseUntil = gate.Task;
        using var cancelling = new CancellationTokenSource();

        var call = Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.GetAsync(cancelling.Token));
        await cancelling.CancelAsync();

        await call;
        Assert.Equal(0, given.Api.Calls);
        gate.SetResult();
    }

    [Fact]
    public async Task Disposing_the_handler_leaves_the_token_source_alone()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);

        new AccessTokenHandler(tokens) { InnerHandler = new StubHandler(_ => ProtectedApi.Ok()) }.Dispose();

        Assert.Equal("token-1", (await tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);
    }
}
