using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>A request whose target is not the one that it was addressed to does not carry the token to another origin.</summary>
public sealed class ChangedTargetTests : IDisposable
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly StubHandler _api = new(_ => ProtectedApi.Ok());

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("https://elsewhere.example.com/x", false)]
    [InlineData("https://files.example.com/x", false)]
    [InlineData("https://api.example.com/other", true)]
    public async Task A_URI_that_is_changed_while_the_token_is_awaited_is_followed_only_within_the_origin(string changed, bool allowed)
    {
        var issued = new TaskCompletionSource();
        _endpoint.DelayResponseUntil = issued.Task;
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        var options = new AccessTokenHandlerOptions { AllowedOrigins = ["https://api.example.com", "https://files.example.com"] };
        using var invoker = new HttpMessageInvoker(new AccessTokenHandler(tokens, options) { InnerHandler = _api });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/x");
        async Task SendAsync() => (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        var call = SendAsync();
        request.RequestUri = new(changed);
        issued.SetResult();

        if (allowed)
            await call;
        else
            Assert.Contains(
                "The request was addressed to https://api.example.com, and then a redirect or another handler changed its URI.",
                (await Assert.ThrowsAsync<JwtGrantException>(() => call)).Message,
                StringComparison.Ordinal);
        Assert.Equal(allowed ? 1 : 0, _api.Calls);
        Assert.Null(request.Headers.Authorization);
    }

    [Fact]
    public async Task A_URI_that_is_changed_while_the_token_is_replaced_after_a_401_gets_no_token()
    {
        var (requested, issued) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var api = new StubHandler(_ => ProtectedApi.Unauthorized());
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        (_endpoint.OnRequest, _endpoint.DelayResponseUntil) = (requested.SetResult, issued.Task);
        var options = new AccessTokenHandlerOptions { AllowedOrigins = ["https://api.example.com", "https://files.example.com"] };
        using var invoker = new HttpMessageInvoker(new AccessTokenHandler(tokens, options) { InnerHandler = api });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/x");
        async Task SendAsync() => (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();

        var call = SendAsync();
        await requested.Task.WithTimeout();
        request.RequestUri = new("https://files.example.com/x");
        issued.SetResult();

        Assert.Equal("origin_not_allowed", (await Assert.ThrowsAsync<JwtGrantException>(() => call)).Code);
        Assert.Equal(1, api.Calls);
    }

    [Theory]
    [InlineData("api.example.com", true)]
    [InlineData("API.example.com:443", true)]
    [InlineData("files.example.com", true)]
    [InlineData("elsewhere.example.com", false)]
    [InlineData("api.example.com:8443", false)]
    [InlineData("api.example.com@elsewhere.example.com", false)]
    [InlineData("elsewhere.example.com@api.example.com", false)]
    [InlineData("elsewhere.example.com/api.example.com", false)]
    public async Task The_host_of_a_Host_header_must_be_allowed(string host, bool allowed)
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: _endpoint.Handler);
        var options = new AccessTokenHandlerOptions { AllowedOrigins = ["https://api.example.com", "https://files.example.com"] };
        using var invoker = new HttpMessageInvoker(new AccessTokenHandler(tokens, options) { InnerHandler = _api });
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://api.example.com/x");
        async Task SendAsync() => (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose();
        request.Headers.TryAddWithoutValidation("Host", host);

        var call = SendAsync();

        if (allowed)
            await call;
        else
            Assert.Equal("origin_not_allowed", (await Assert.ThrowsAsync<JwtGrantException>(() => call)).Code);
        Assert.Equal(allowed ? 1 : 0, _api.Calls);
    }
}
