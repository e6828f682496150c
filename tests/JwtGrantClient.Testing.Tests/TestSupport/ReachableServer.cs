namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>How a test reaches the server.</summary>
public enum ServerTransport
{
    Socket,
    Memory,
}

/// <summary>A server that is reached by a socket or in memory, with its clock standing and one client registered.</summary>
internal sealed class ReachableServer : IAsyncDisposable
{
    private readonly HttpClient _http;

    private ReachableServer(StrictAuthorizationServer server, ObservedClock clock, HttpMessageHandler handler)
    {
        (Server, Clock, _http) = (server, clock, new(handler));
        server.RegisterClient(TestServer.AClient());
    }

    public StrictAuthorizationServer Server { get; }

    public ObservedClock Clock { get; }

    public static async Task<ReachableServer> ByAsync(ServerTransport transport, string? issuer = null)
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

    /// <summary>A good request; the same one again where it is passed again.</summary>
    public (string, string)[] Form() =>
        [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Claim("aud", Server.Issuer).Compact())];

    public Task<HttpResponseMessage> PostAsync((string Name, string Value)[]? form = null) => _http.PostAsync(
        Server.TokenEndpoint,
        new FormUrlEncodedContent((form ?? Form()).Select(field => KeyValuePair.Create(field.Item1, field.Item2))),
        TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> GetAsync(string address) => _http.GetAsync(address, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        _http.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Waits for the first request to stand in the record.</summary>
    public async Task HasArrivedAsync()
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
