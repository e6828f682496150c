using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>An in-memory API behind an <see cref="AccessTokenHandler"/>, with the real cache and an in-memory token endpoint.</summary>
internal sealed class ProtectedApi : IAsyncDisposable
{
    public const string Address = "https://api.example.com/reports";

    /// <summary>The origin of <see cref="Address"/>.</summary>
    public const string Origin = "https://api.example.com";

    private readonly ConcurrentQueue<string?> _tokensReceived = new();
    private readonly HttpMessageInvoker _invoker;

    public ProtectedApi(Func<string?, HttpResponseMessage> respond, AccessTokenHandlerOptions? options = null)
    {
        Tokens = JwtGrantTokenSource.Create(
            TestClient.Options(), tokenEndpointHandler: Endpoint.Handler, timeProvider: Time, loggerFactory: new LoggerFactory([CacheLog]));
        Api = new StubHandler(async (request, cancellationToken) =>
        {
            var token = request.Headers.Authorization?.Parameter;
            _tokensReceived.Enqueue(token);
            Bodies.Enqueue(request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken));
            return respond(token);
        });
        _invoker = new HttpMessageInvoker(new AccessTokenHandler(Tokens, options ?? Options(), Log) { InnerHandler = Api });
    }

    public FakeTimeProvider Time { get; } = new(TestData.Moment);

    public FakeTokenEndpoint Endpoint { get; } = new();

    /// <summary>The log of the handler.</summary>
    public LogLines Log { get; } = new();

    /// <summary>The log of the token source.</summary>
    public LogLines CacheLog { get; } = new();

    public JwtGrantTokenSource Tokens { get; }

    public StubHandler Api { get; }

    /// <summary>The token of each request that the API received.</summary>
    public IReadOnlyList<string?> TokensReceived => [.. _tokensReceived];

    public ConcurrentQueue<string?> Bodies { get; } = new();

    /// <summary>Creates options that allow the token for the API.</summary>
    public static AccessTokenHandlerOptions Options() => new() { AllowedOrigins = [Origin] };

    public static HttpResponseMessage Ok() => new(HttpStatusCode.OK);

    /// <summary>Creates a 401 response with the given values of WWW-Authenticate.</summary>
    public static HttpResponseMessage Unauthorized(params string[] challenges) => Response(HttpStatusCode.Unauthorized, challenges);

    public static HttpResponseMessage Response(HttpStatusCode status, params string[] challenges)
    {
        var response = new HttpResponseMessage(status);
        Assert.True(response.Headers.TryAddWithoutValidation("WWW-Authenticate", challenges) || challenges.Length == 0);
        return response;
    }

    /// <summary>Requests the first token, so that later calls get it from the cache.</summary>
    public async Task CacheFirstTokenAsync() => Assert.Equal("token-1", (await Tokens.GetTokenAsync(TestContext.Current.CancellationToken)).Value);

    public Task<HttpResponseMessage> GetAsync(CancellationToken? cancellationToken = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, Address), cancellationToken);

    public Task<HttpResponseMessage> PostAsync(HttpContent body) => SendAsync(new HttpRequestMessage(HttpMethod.Post, Address) { Content = body });

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken? cancellationToken = null) =>
        _invoker.SendAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _invoker.Dispose();
        return Tokens.DisposeAsync();
    }
}
