using System.Net;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Endpoints;
using JwtGrantClient.Testing.MutualTls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JwtGrantClient.Testing.Hosting;

/// <summary>Listens on 127.0.0.1 with Kestrel and passes each request to the server.</summary>
internal static class KestrelListener
{
    public static async Task<WebApplication> StartAsync(
        int port,
        X509Certificate2? mutualTls,
        Func<ServerRequest, CancellationToken, Task<ServerResponse>> handle,
        CancellationToken cancellationToken)
    {
        // An empty builder ignores the appsettings.json, environment variables and logging of the host application.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton<IHostLifetime, EmptyHostLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            if (mutualTls is not null)
                kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https => AllowClientCertificates(https, mutualTls)));
            // ReadBodyAsync has its own limit, so that a body that is too long gets an OAuth error and is recorded like any other request.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        app.Run(context => HandleAsync(context, handle));
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return app;
    }

    // Any certificate is accepted here. The registration of the client is checked instead of a chain (RFC 8705 section 2.2).
    private static void AllowClientCertificates(HttpsConnectionAdapterOptions https, X509Certificate2 certificate)
    {
        https.ServerCertificate = certificate;
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.AllowAnyClientCertificate();
    }

    private static async Task HandleAsync(HttpContext context, Func<ServerRequest, CancellationToken, Task<ServerResponse>> handle)
    {
        var response = await handle(
            new(
                context.Request.Method,
                GetRawPath(context),
                context.Request.QueryString.Value ?? "",
                [.. context.Request.Headers.SelectMany(header =>
                    header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")))],
                await ReadBodyAsync(context).ConfigureAwait(false))
            {
                IsMutualTls = context.Request.IsHttps,
                CertificateThumbprint = context.Connection.ClientCertificate is { } presented ? CertificateThumbprint.Compute(presented) : null,
            },
            context.RequestAborted).ConfigureAwait(false);
        if (ReferenceEquals(response, ServerResponse.Dropped))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
            context.Response.Headers.Append(name, value);
        if (response.Date is not null)
            context.Response.Headers.Date = response.Date;
        if (response.Body.Length > 0)
            await context.Response.Body.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    // The path as it was sent, including escapes, because the issuer's path is compared byte for byte.
    private static string GetRawPath(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.StartsWith('/') ? target.Split('?')[0] : context.Request.Path.Value ?? "";
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var chunk = new byte[8192];
        while (body.Length <= ServerRequest.MaxBodyLength
            && await context.Request.Body.ReadAsync(chunk, context.RequestAborted).ConfigureAwait(false) is > 0 and var read)
            await body.WriteAsync(chunk.AsMemory(0, read), context.RequestAborted).ConfigureAwait(false);
        return body.ToArray();
    }

    /// <summary>Replaces the console lifetime, which would handle Ctrl+C in place of the host application.</summary>
    private sealed class EmptyHostLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
