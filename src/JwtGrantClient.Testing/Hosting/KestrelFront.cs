using System.Net;
using JwtGrantClient.Testing.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Testing.Hosting;

/// <summary>A socket on 127.0.0.1, and nowhere else.</summary>
internal static class KestrelFront
{
    public static async Task<WebApplication> StartAsync(int port, Func<ServerRequest, CancellationToken, Task<ServerResponse>> answer, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        app.Run(context => HandleAsync(context, answer));
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        return app;
    }

    private static async Task HandleAsync(HttpContext context, Func<ServerRequest, CancellationToken, Task<ServerResponse>> answer)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        var response = await answer(
            new(
                context.Request.Method,
                context.Request.Path.Value ?? "",
                context.Request.QueryString.Value ?? "",
                [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? "")))],
                body.ToArray()),
            context.RequestAborted).ConfigureAwait(false);
        if (ReferenceEquals(response, ServerResponse.Dropped))
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = response.Status;
        foreach (var (name, value) in response.Headers)
            context.Response.Headers.Append(name, value);
        if (response.Body.Length > 0)
            await context.Response.Body.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }
}
