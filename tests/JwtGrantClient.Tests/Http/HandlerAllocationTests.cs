using System.Net;
using JwtGrantClient.Http;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Http.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace JwtGrantClient.Tests.Http;

/// <summary>
/// What the handler allocates for a request with a cached token, in addition to a request without the handler. It is less than the 168 bytes of a handler
/// that sets a fixed <see cref="System.Net.Http.Headers.AuthenticationHeaderValue"/>.
/// </summary>
public sealed class HandlerAllocationTests
{
    private const int Rounds = 1000, Bound = 136;

    // Once any test has set a token request, handlers read the options of each request. Setting one here makes the result independent of the order of tests.
    public HandlerAllocationTests()
    {
        using var request = new HttpRequestMessage();
        request.SetTokenRequest(TokenRequest.Default);
    }

    [Fact]
    public async Task A_request_with_a_cached_token_allocates_within_its_bound()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        using var withoutHandler = new HttpMessageInvoker(new SynchronousResponse());
        using var withHandler = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = new SynchronousResponse() });

        Assert.InRange(Measure(withHandler) - Measure(withoutHandler), 0, Bound);
    }

    [Fact]
    public async Task A_request_after_which_a_logger_of_HttpClientFactory_logs_no_headers_allocates_within_its_bound()
    {
        await using var tokens = JwtGrantTokenSource.Create(TestClient.Options(), tokenEndpointHandler: new FakeTokenEndpoint().Handler);
        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        using var withoutHandler = new HttpMessageInvoker(new LoggingHttpMessageHandler(NullLogger.Instance) { InnerHandler = new SynchronousResponse() });
        using var withHandler = new HttpMessageInvoker(
            new AccessTokenHandler(tokens, TokenRequest.Default, new AllowedOrigins(["https://api.example.com"], false), TokenHeader.Default, null, null, isTracing: () => false)
            {
                InnerHandler = new LoggingHttpMessageHandler(NullLogger.Instance) { InnerHandler = new SynchronousResponse() },
            });

        Assert.InRange(Measure(withHandler) - Measure(withoutHandler), 0, Bound);
    }

    private static long Measure(HttpMessageInvoker http)
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
        var pending = http.SendAsync(request, CancellationToken.None);
        Assert.True(pending.IsCompletedSuccessfully, "The request did not complete synchronously.");
    }

    private static readonly Uri Address = new("https://api.example.com/reports");

    private sealed class SynchronousResponse : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Response = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Response;
    }
}
