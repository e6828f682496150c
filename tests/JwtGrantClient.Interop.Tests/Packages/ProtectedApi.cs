using System.Net;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Interop.Tests.Packages;

/// <summary>An API on 127.0.0.1 that accepts only tokens of the strict server.</summary>
internal sealed class ProtectedApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ProtectedApi(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public static async Task<ProtectedApi> StartAsync(StrictAuthorizationServer server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet("reports", (HttpRequest request, int page) =>
            server.CheckAccessToken(request.Headers.Authorization, "reports.read") is { IsValid: true } token
                ? Results.Text($"Page {page} for {token.Subject}")
                : Results.StatusCode(401));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
