using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A real HTTP server on 127.0.0.1 that handles every request with one delegate.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app) => _app = app;

    /// <summary>Scheme, host and port, without a trailing slash.</summary>
    public string Address { get; private set; } = "";

    /// <param name="handler">Handles every request.</param>
    /// <param name="certificate">The certificate of a server with TLS; null for http.</param>
    /// <param name="issuers">The certificates that the server sends after its own.</param>
    public static async Task<LoopbackServer> StartAsync(
        RequestDelegate handler, X509Certificate2? certificate = null, X509Certificate2Collection? issuers = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            if (certificate is not null)
                listener.UseHttps(https => (https.ServerCertificate, https.ServerCertificateChain) = (certificate, issuers));
        }));
        var app = builder.Build();
        app.Run(handler);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        return new(app) { Address = addresses.Addresses.Single() };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
