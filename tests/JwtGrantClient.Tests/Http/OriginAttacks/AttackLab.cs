using System.Collections.Concurrent;
using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace JwtGrantClient.Tests.Http.OriginAttacks;

/// <summary>Where a resilience handler of the HttpClient is.</summary>
public enum ResiliencePosition
{
    None,
    Outside,
    Inside,
}

/// <summary>
/// An HttpClient with tokens for an API, and another server that must not get one. The servers are on loopback. For hosts that a test cannot reach, a stub
/// takes the place of the connection and records what would be sent.
/// </summary>
internal sealed class AttackLab : IAsyncDisposable
{
    /// <summary>The origin of the API behind the stub.</summary>
    public const string StubApi = "https://api.example.com";

    private readonly ConcurrentQueue<string> _leaks = new();
    private readonly List<IAsyncDisposable> _providers = [];
    private readonly ResiliencePosition _resilience;
    private LoopbackServer _api = null!, _other = null!;
    private int _tokensAtApi, _callsAtApi;

    private AttackLab(ResiliencePosition resilience) => _resilience = resilience;

    public string Api => _api.Address;

    public string Other => _other.Address;

    public FakeTokenEndpoint TokenEndpoint { get; } = new();

    /// <summary>What the other server, or a proxy, received with a token.</summary>
    public IReadOnlyCollection<string> Leaks => _leaks;

    public int TokensAtApi => Volatile.Read(ref _tokensAtApi);

    /// <summary>The response of the API to a request and its number.</summary>
    public Func<HttpContext, int, int> OnApi { get; set; } = (_, _) => 200;

    /// <summary>The response of the other server.</summary>
    public Func<HttpContext, int> OnOther { get; set; } = _ => 200;

    public Action<AccessTokenHandlerOptions> Options { get; set; } = _ => { };

    public Func<HttpMessageHandler> Primary { get; set; } = () => new SocketsHttpHandler { UseProxy = false };

    /// <summary>Handlers of the application before and after the resilience and token handlers.</summary>
    public Func<DelegatingHandler>? Before { get; set; }

    public Func<DelegatingHandler>? After { get; set; }

    public Action<HttpClient>? Configure { get; set; }

    public static async Task<AttackLab> StartAsync(ResiliencePosition resilience)
    {
        var lab = new AttackLab(resilience);
        lab._api = await LoopbackServer.StartAsync(async http =>
        {
            if (http.Request.Headers.Authorization.ToString().Contains("token-", StringComparison.Ordinal))
                Interlocked.Increment(ref lab._tokensAtApi);
            http.Response.StatusCode = lab.OnApi(http, Interlocked.Increment(ref lab._callsAtApi));
            await http.Response.CompleteAsync();
        });
        lab._other = await LoopbackServer.StartAsync(async http =>
        {
            foreach (var header in http.Request.Headers.Where(header => header.Value.ToString().Contains("token-", StringComparison.Ordinal)))
                lab._leaks.Enqueue($"{http.Request.Method} {http.Request.Path} {header.Key}");
            http.Response.StatusCode = lab.OnOther(http);
            await http.Response.CompleteAsync();
        });
        return lab;
    }

    /// <summary>Returns the status for a redirect.</summary>
    public static int Redirect(HttpContext http, string location, int status = 307)
    {
        http.Response.Headers.Location = location;
        return status;
    }

    public static int Challenge(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return 401;
    }

    /// <summary>Creates a stub that records a token for another origin than <see cref="StubApi"/>.</summary>
    public StubHandler Stub() => new(request =>
    {
        var target = request.RequestUri!;
        var isApi = target.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) == StubApi && request.Headers.Host is null or "api.example.com";
        if (request.Headers.Authorization is not null)
        {
            if (isApi)
                Interlocked.Increment(ref _tokensAtApi);
            else
                _leaks.Enqueue($"{target} (Host: {request.Headers.Host})");
        }
        return ProtectedApi.Ok();
    });

    /// <summary>Builds the container of the application, with an HttpClient that is named "api".</summary>
    public ServiceProvider Build(Action<IHttpClientBuilder>? builder = null)
    {
        var services = new ServiceCollection();
        services.AddTestClient("reports", TokenEndpoint);
        var http = services.AddHttpClient("api", client => (Configure ?? (client => client.BaseAddress = new(Api)))(client));
        http.ConfigurePrimaryHttpMessageHandler(Primary);
        if (Before is not null)
            http.AddHttpMessageHandler(Before);
        if (_resilience == ResiliencePosition.Outside)
            http.AddStandardResilienceHandler(RetryWithoutDelay);
        http.AddJwtGrantToken("reports", Options);
        if (_resilience == ResiliencePosition.Inside)
            http.AddStandardResilienceHandler(RetryWithoutDelay);
        if (After is not null)
            http.AddHttpMessageHandler(After);
        builder?.Invoke(http);
        var provider = services.BuildServiceProvider();
        _providers.Add(provider);
        return provider;
    }

    public HttpClient CreateClient() => Build().GetRequiredService<IHttpClientFactory>().CreateClient("api");

    public async Task GetAsync(string address) => await SendAsync(CreateClient(), new(HttpMethod.Get, new Uri(address, UriKind.RelativeOrAbsolute)));

    /// <summary>Sends a request. Whether it is refused or fails does not matter here.</summary>
    public static async Task SendAsync(HttpMessageInvoker http, HttpRequestMessage request)
    {
        try
        {
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (e is JwtGrantException or HttpRequestException or InvalidOperationException or NotSupportedException or UriFormatException)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        await _api.DisposeAsync();
        await _other.DisposeAsync();
    }

    private static void RetryWithoutDelay(HttpStandardResilienceOptions options) => (options.Retry.Delay, options.Retry.UseJitter) = (TimeSpan.Zero, false);
}

/// <summary>A handler of the application that changes a request, or sends it in its own way.</summary>
internal sealed class ApplicationHandler(
    Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> send) : DelegatingHandler
{
    public static ApplicationHandler Changing(Action<HttpRequestMessage> change) => new((request, next) =>
    {
        change(request);
        return next(request);
    });

    /// <summary>Follows redirects with all headers, as a careless handler does.</summary>
    public static ApplicationHandler FollowingRedirects(bool clone, bool withOptions = true) => new(async (request, next) =>
    {
        var response = await next(request);
        if (response.Headers.Location is not { } location)
            return response;
        if (!clone)
        {
            request.RequestUri = location;
            return await next(request);
        }
        return await next(Clone(request, location, withOptions));
    });

    public static HttpRequestMessage Clone(HttpRequestMessage request, Uri target, bool withOptions = true)
    {
        var clone = new HttpRequestMessage(request.Method, target) { Version = request.Version };
        foreach (var header in request.Headers)
            clone.Headers.TryAddWithoutValidation(header.Key, header.Value);
        foreach (var option in request.Options.Where(_ => withOptions))
            clone.Options.Set(new HttpRequestOptionsKey<object?>(option.Key), option.Value);
        return clone;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        send(request, next => base.SendAsync(next, cancellationToken));
}
