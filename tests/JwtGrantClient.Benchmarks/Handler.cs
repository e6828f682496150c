using System.Net;
using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;

namespace JwtGrantClient.Benchmarks;

/// <summary>The handler over an inner one that answers synchronously, beside no handler and beside one that sets a constant header.</summary>
public class Handler
{
    private HttpMessageInvoker _bare = null!, _static = null!, _token = null!;
    private JwtGrantTokenSource _tokens = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _tokens = Some.TokenSource();
        await _tokens.GetTokenAsync(TokenRequest.Default);
        _bare = new(new Instant());
        _static = new(new StaticHeader { InnerHandler = new Instant() });
        _token = new(new AccessTokenHandler(_tokens) { InnerHandler = new Instant() });
    }

    [GlobalCleanup]
    public async Task CleanUp() => await _tokens.DisposeAsync();

    [Benchmark(Baseline = true)]
    public HttpResponseMessage NoHandler() => Send(_bare);

    [Benchmark]
    public HttpResponseMessage StaticHeaderHandler() => Send(_static);

    [Benchmark]
    public HttpResponseMessage TokenHandler() => Send(_token);

    private static readonly Uri Address = new("https://api.example.com/reports");

    private static HttpResponseMessage Send(HttpMessageInvoker http) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, Address), CancellationToken.None).GetAwaiter().GetResult();

    private sealed class Instant : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Answer = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Answer;
    }

    private sealed class StaticHeader : DelegatingHandler
    {
        private static readonly AuthenticationHeaderValue Header = new("Bearer", "t");

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = Header;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
