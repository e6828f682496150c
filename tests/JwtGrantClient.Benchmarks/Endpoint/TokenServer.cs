using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>
/// A token endpoint that responds to every POST with the same token and validates nothing, so that the client is measured. <c>?delay=</c> is a delay in
/// milliseconds, and <c>?lifetime=</c> sets expires_in. <c>GET /count</c> returns the number of POST requests since the last <c>GET /count</c>. Any other GET
/// returns the metadata.
/// </summary>
internal static class TokenServer
{
    private static readonly string Token = new('t', 64);
    private static int _count;

    /// <summary>Runs the server until standard input ends. The first line of standard output is the address.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(RespondAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
    }

    private static async Task RespondAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            var issuer = $"http://{context.Request.Host}";
            await context.Response.WriteAsync(context.Request.Path == "/count"
                ? $"{Interlocked.Exchange(ref _count, 0)}"
                : $$"""{"issuer":"{{issuer}}","token_endpoint":"{{issuer}}/token"}""");
            return;
        }
        Interlocked.Increment(ref _count);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (int.TryParse(context.Request.Query["delay"], out var delay))
            await Task.Delay(delay, context.RequestAborted);
        var lifetime = int.TryParse(context.Request.Query["life"], out var seconds) ? seconds : 3600;
        var body = Encoding.ASCII.GetBytes($$"""{"access_token":"{{Token}}","token_type":"Bearer","expires_in":{{lifetime}}}""");
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
