using System.Net;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Http;

/// <summary>
/// What the handler allocates for a request with a kept token, beyond a request without the handler: less than a handler that sets a fixed header
/// by its type, which takes 168 bytes.
/// </summary>
public sealed class HandlerAllocationTests
{
    private const int Rounds = 1000, Bound = 136;

    [Fact]
    public async Task Stays_within_its_bound_above_no_handler()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        // Other tests of this process use the key, after which handlers look at each request's options; here both sides do from the start.
        using (var request = new HttpRequestMessage())
            request.SetTokenRequest(TokenRequest.Default);
        using var without = new HttpMessageInvoker(new Instant());
        using var with = new HttpMessageInvoker(new AccessTokenHandler(tokens) { InnerHandler = new Instant() });

        Assert.InRange(Each(with) - Each(without), 0, Bound);
    }

    private static long Each(HttpMessageInvoker http)
    {
        Send(http);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
            Send(http);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    private static void Send(HttpMessageInvoker http)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address);
        Assert.NotNull(request.Options);
        var sending = http.SendAsync(request, CancellationToken.None);
        Assert.True(sending.IsCompletedSuccessfully, "It did not answer at once.");
    }

    private static readonly Uri Address = new("https://api.example.com/reports");

    private sealed class Instant : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Answer = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Answer;
    }
}
