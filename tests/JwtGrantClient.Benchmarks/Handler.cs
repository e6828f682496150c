using System.Net;
using System.Net.Http.Headers;
using BenchmarkDotNet.Attributes;
using JwtGrantClient.Benchmarks.Clients;

namespace JwtGrantClient.Benchmarks;

/// <summary>
/// Measures the handler over an inner handler that responds synchronously, compared with no handler and with a handler that sets a constant header. The
/// policy of Azure is measured in its own pipeline, compared with the pipeline without the policy.
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
        _bare = new(new SharedResponse());
        _static = new(new StaticHeader { InnerHandler = new SharedResponse() });
        _handRolled = new(new TokenHeader(new HandRolled(TestData.TokenEndpoint, new Endpoint.InMemoryTokenEndpoint())) { InnerHandler = new SharedResponse() });
        _google = new(new TokenHeader(new GoogleAuth(TestData.TokenEndpoint, new Endpoint.InMemoryTokenEndpoint())) { InnerHandler = new SharedResponse() });
        _token = new(new AccessTokenHandler(_tokens, new() { AllowedOrigins = ["https://api.example.com"] }) { InnerHandler = new SharedResponse() });
        _azure = new(TestData.TokenEndpoint, new Endpoint.InMemoryTokenEndpoint());
        _azureBare = new(new NewResponse(), credential: null);
        _azureToken = new(new NewResponse(), _azure.Credential);
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

    private sealed class SharedResponse : HttpMessageHandler
    {
        private static readonly Task<HttpResponseMessage> Response = Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Response;
    }

    /// <summary>Returns a new response for each request, for clients that dispose responses.</summary>
    private sealed class NewResponse : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request });
    }

    /// <summary>A typical handwritten handler, which gets the token and sets the header.</summary>
    private sealed class TokenHeader(TokenClient client) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", await client.GetAsync());
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
