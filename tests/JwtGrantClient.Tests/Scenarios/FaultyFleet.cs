using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// A host with the Prometheus exporter of OpenTelemetry and one client for each fault that docs/telemetry/ can show. The servers are real, except for an API that
/// rejects every token, and a key service that fails.
/// </summary>
internal sealed class FaultyFleet : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TaskCompletionSource _neverSlow = new();
    private readonly InMemoryTokenStore _brokenStore = new() { BeforeCall = _ => throw new IOException("The store is down.") };
    private StrictAuthorizationServer _server = null!;
    private LoopbackServer _scripted = null!;
    private WebApplication _app = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<FaultyFleet> StartAsync()
    {
        var fleet = new FaultyFleet
        {
            _server = await StrictAuthorizationServer.StartAsync(cancellationToken: Cancellation),
        };
        fleet._server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        fleet._scripted = await LoopbackServer.StartAsync(fleet.RespondAsync);
        fleet._app = await fleet.BuildAsync();
        await fleet._app.StartAsync(Cancellation);
        await fleet.CauseFaultsAsync();
        return fleet;
    }

    /// <summary>Returns what Prometheus gets from the host.</summary>
    public async Task<string> ScrapeAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri($"{_app.Urls.Single()}/metrics"), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _neverSlow.TrySetResult();
        await _app.DisposeAsync();
        await _scripted.DisposeAsync();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task RespondAsync(HttpContext context)
    {
        RequestDelegate respond = context.Request.Path.Value switch
        {
            "/dropped" => Reply.Drop,
            "/throttled" => Reply.Status(429, ("Retry-After", "1")),
            "/failing" => Reply.Status(503),
            "/refused" => Reply.Json(401, """{"error":"invalid_client"}"""),
            "/reduced" => Reply.Json(200, """{"access_token":"abc","token_type":"Bearer","expires_in":3600,"scope":"read"}"""),
            "/slow" => request => _neverSlow.Task.WaitAsync(request.RequestAborted),
            _ => Reply.Token,
        };
        await respond(context);
    }

    private async Task<WebApplication> BuildAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var services = builder.Services;
        // Two failures open the circuit breaker of a client.
        services.AddJwtGrantClient("down", Configure(await ClosedPort.AddressAsync(), options => (options.EndpointLimits.MinimumThroughput, options.Retry.MaxRetryAttempts) = (2, 3)));
        foreach (var path in new[] { "dropped", "throttled", "failing", "refused" })
            services.AddJwtGrantClient(path, Configure($"{_scripted.Address}/{path}"));
        services.AddJwtGrantClient("slow", Configure($"{_scripted.Address}/slow", options => options.Retry.AttemptTimeout = TimeSpan.FromSeconds(0.1)));
        services.AddJwtGrantClient("reduced", Configure($"{_scripted.Address}/reduced", options => options.Scope = "read write"));
        services.AddJwtGrantClient("signing", Configure($"{_scripted.Address}/token")).UseSigner(_ => new FailingSigner());
        services.AddJwtGrantClient("store", Configure($"{_scripted.Address}/token")).UseSharedTokenStore(_ => _brokenStore);
        services.AddJwtGrantClient("evicting", Configure($"{_scripted.Address}/token", options => options.Cache.MaxEntries = 1));
        var certificate = Keys.CertificateFor(TestData.RsaKey);
        services.AddJwtGrantClient("reports", Configure(null, options =>
        {
            options.Issuer = _server.Issuer;
            (options.SigningKey.Text, options.SigningKey.Path) = (null, _folder.Write("key.p12", certificate.Export(X509ContentType.Pkcs12)));
            options.Refresh.InvalidationInterval = TimeSpan.Zero;
        }));
        services.AddHttpClient("api", http => http.BaseAddress = new(ProtectedApi.Origin)).AddJwtGrantToken("reports")
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ => ProtectedApi.Unauthorized("Bearer error=\"invalid_token\"")));
        // Meters of other tests have the same name.
        IMeterFactory? own = null;
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("JwtGrantClient")
            .AddView(instrument => instrument.Meter.Scope == own ? null : MetricStreamConfiguration.Drop)
            .AddPrometheusExporter());
        var app = builder.Build();
        own = app.Services.GetRequiredService<IMeterFactory>();
        app.MapPrometheusScrapingEndpoint();
        return app;
    }

    private static Action<JwtGrantOptions> Configure(string? endpoint, Action<JwtGrantOptions>? configure = null) => options =>
    {
        TestClient.Configure(options);
        options.TokenEndpoint = endpoint;
        options.Retry.Delay = TimeSpan.FromSeconds(0.01);
        options.Retry.MaxRetryAttempts = 1;
        options.EndpointLimits.BreakDuration = TimeSpan.FromMinutes(10);
        configure?.Invoke(options);
    };

    private async Task CauseFaultsAsync()
    {
        foreach (var client in new[] { "down", "dropped", "throttled", "failing", "refused", "slow", "signing" })
            await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(client));
        foreach (var client in new[] { "reduced", "store", "reports", "reports" })
            await GetAsync(client);
        for (var user = 0; user < 40; user++)
            await GetAsync("evicting", new() { Subject = $"user-{user}" });
        using var response = await _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("api").GetAsync(new Uri("/reports", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private Task<AccessToken> GetAsync(string client, TokenRequest? request = null) =>
        _app.Services.GetRequiredKeyedService<ITokenSource>(client).GetTokenAsync(request ?? TokenRequest.Default, Cancellation).AsTask().WithTimeout();

    private sealed class FailingSigner : IJwtSigner
    {
        public string Algorithm => "RS256";

        public string? KeyId => null;

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
            throw new IOException("The key service is down.");
    }
}
