using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JwtGrantClient.Benchmarks.Endpoint;

/// <summary>
/// A token endpoint that answers every POST with the same token and checks nothing, so that it is the client that is measured. <c>?delay=</c>
/// waits that many milliseconds first, <c>?life=</c> sets expires_in; <c>GET /count</c> tells how many POSTs came since it was last asked, any
/// other GET gets the metadata.
/// </summary>
internal static class TokenServer
{
    private static readonly string Token = new('t', 64);
    private static int _count;

    /// <summary>Serves until standard input ends; the first line of standard output is the address.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
    }

    private static async Task AnswerAsync(HttpContext context)
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
        var life = int.TryParse(context.Request.Query["life"], out var seconds) ? seconds : 3600;
        var body = Encoding.ASCII.GetBytes($$"""{"access_token":"{{Token}}","token_type":"Bearer","expires_in":{{life}}}""");
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
