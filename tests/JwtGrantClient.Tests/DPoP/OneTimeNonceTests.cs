using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>Requests at once against a server that accepts each nonce once: each is repeated at most once, with the nonce of its own response.</summary>
public sealed class OneTimeNonceTests
{
    private const int AtOnce = 50;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fifty_API_requests_at_once_succeed_with_at_most_one_retry_each()
    {
        await using var api = await OneTimeNonceServer.StartAsync(AtOnce);
        await using var tokens = Client(TestData.TokenEndpoint, new StubHandler(_ => new()
        {
            Content = new StringContent("""{"access_token":"abc","token_type":"DPoP","expires_in":3600}""", null, "application/json"),
        }));
        using var http = new HttpClient(new AccessTokenHandler(tokens, new() { AllowedOrigins = [api.Address], AllowLoopbackHttp = true })
        {
            InnerHandler = new SocketsHttpHandler(),
        });

        var responses = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(page => http.GetAsync(new Uri($"{api.Address}/{page}"), Cancellation)));

        Assert.All(responses, response => Assert.Equal(200, (int)response.StatusCode));
        Assert.Equal((AtOnce, AtOnce), (api.Statuses.Count(status => status == 200), api.Statuses.Count(status => status == 401)));
        Assert.Equal(0, api.Replays);

        // A nonce of an accepted request is used in the next one.
        using var next = await http.GetAsync(new Uri(api.Address), Cancellation);
        Assert.Equal((2 * AtOnce) + 1, api.Statuses.Count);
    }

    [Fact]
    public async Task Fifty_token_requests_at_once_succeed_with_at_most_one_retry_each()
    {
        await using var server = await OneTimeNonceServer.StartAsync(AtOnce);
        await using var tokens = Client($"{server.Address}/token");

        var received = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(user => tokens.GetTokenAsync(new TokenRequest { Subject = $"user-{user}" }, Cancellation).AsTask()));

        Assert.All(received, token => Assert.Equal("abc", token.Value));
        Assert.Equal((AtOnce, AtOnce), (server.Statuses.Count(status => status == 200), server.Statuses.Count(status => status == 400)));
        Assert.Equal(0, server.Replays);

        await tokens.GetTokenAsync(new TokenRequest { Subject = "next" }, Cancellation);
        Assert.Equal((2 * AtOnce) + 1, server.Statuses.Count);
    }

    private static JwtGrantTokenSource Client(string tokenEndpoint, HttpMessageHandler? handler = null)
    {
        var options = TestClient.Options();
        (options.TokenEndpoint, options.DPoP.Enabled) = (tokenEndpoint, true);
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler);
    }
}
