using System.Net;
using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Contenders;

namespace JwtGrantClient.Benchmarks;

/// <summary>
/// The handler over an inner one that answers synchronously, beside no handler and beside one that sets a constant header; and Azure's policy in its
/// own pipeline, beside that pipeline without it.
/// </summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class Handler
{
    private HttpMessageInvoker _bare = null!, _static = null!, _token = null!, _handRolled = null!, _google = null!;
    private AzurePipeline _azureBare = null!, _azureToken = null!;
    private AzureIdentity _azure = null!;
    private JwtGrantTokenSource _tokens = null!;

    [GlobalSetup]
    public async Task SetUp()
    {
        _tokens = TestData.TokenSource();
        await _tokens.GetTokenAsync(TokenRequest.Default);
        _bare = new(new Instant());
        _static = new(new StaticHeader { InnerHandler = new Instant() });
        _handRolled = new(new Asking(new HandRolled(TestData.TokenEndpoint, new Endpoint.Instant())) { InnerHandler = new Instant() });
        _google = new(new Asking(new GoogleAuth(TestData.TokenEndpoint, new Endpoint.Instant())) { InnerHandler = new Instant() });
        _token = new(new AccessTokenHandler(_tokens) { InnerHandler = new Instant() });
        _azure = new(TestData.TokenEndpoint, new Endpoint.Instant());
        _azureBare = new(new Fresh(), credential: null);
        _azureToken = new(new Fresh(), _azure.Credential);
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        await _tokens.DisposeAsync();
        _azureBare.Dispose();
        _azureToken.Dispose();
        _azure.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("HttpClient")]
    public HttpResponseMessage NoHandler() => Send(_bare);

    [Benchmark, BenchmarkCategory("HttpClient")]
    public HttpResponseMessage StaticHeaderHandler() => Send(_static);

    [Benchmark, BenchmarkCategory("HttpClient")]
    public HttpResponseMessage TokenHandler() => Send(_token);

    [Benchmark, BenchmarkCategory("HttpClient")]
    public HttpResponseMessage HandRolledHandler() => Send(_handRolled);

    [Benchmark, BenchmarkCategory("HttpClient")]
    public HttpResponseMessage GoogleHandler() => Send(_google);

    [Benchmark(Baseline = true), BenchmarkCategory("Azure pipeline")]
    public object NoPolicy() => _azureBare.Send(Address);

    [Benchmark, BenchmarkCategory("Azure pipeline")]
    public object AzureTokenPolicy() => _azureToken.Send(Address);

    private static readonly Uri Address = new("https://api.example.com/reports");

    private static HttpResponseMessage Send(HttpMessageInvoker http) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, Address), CancellationToken.None).GetAwaiter().GetResult();

    private sealed class Instant : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Answer = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Answer;
    }

    /// <summary>For who disposes of answers.</summary>
    private sealed class Fresh : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
    }

    /// <summary>The handler that people write: ask for the token, set the header.</summary>
    private sealed class Asking(Contender contender) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", await contender.GetAsync());
            return await base.SendAsync(request, cancellationToken);
        }
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
