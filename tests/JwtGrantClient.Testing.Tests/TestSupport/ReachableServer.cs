namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>The transport between a test and the server.</summary>
public enum ServerTransport
{
    Socket,
    Memory,
}

/// <summary>A server that a test reaches through a socket or in memory. It has a fake clock and one registered client.</summary>
internal sealed class ReachableServer : IAsyncDisposable
{
    private readonly HttpClient _http;

    private ReachableServer(StrictAuthorizationServer server, ObservedClock clock, HttpMessageHandler handler)
    {
        (Server, Clock, _http) = (server, clock, new(handler));
        server.RegisterClient(TestServer.CreateClient());
    }

    public StrictAuthorizationServer Server { get; }

    public ObservedClock Clock { get; }

    public static async Task<ReachableServer> StartAsync(ServerTransport transport, string? issuer = null)
    {
        var clock = new ObservedClock();
        var options = new StrictAuthorizationServerOptions { TimeProvider = clock, Issuer = issuer };
        if (transport == ServerTransport.Memory)
        {
            var inMemory = StrictAuthorizationServer.CreateInMemory(options);
            return new(inMemory, clock, inMemory.CreateHandler());
        }
        var listening = await StrictAuthorizationServer.StartAsync(options, TestContext.Current.CancellationToken);
        return new(listening, clock, new SocketsHttpHandler { AllowAutoRedirect = false });
    }

    /// <summary>Returns the form of a valid token request with a new assertion.</summary>
    public (string, string)[] CreateForm() =>
        [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().WithClaim("aud", Server.Issuer).Compact())];

    public Task<HttpResponseMessage> PostAsync((string Name, string Value)[]? form = null) => _http.PostAsync(
        Server.TokenEndpoint,
        new FormUrlEncodedContent((form ?? CreateForm()).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string url) => _http.GetAsync(url, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Waits until the first request is recorded.</summary>
    public async Task WaitForRequestAsync()
    {
        while (Server.Requests.Count == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
