using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BatchJob.Demo;

/// <summary>The protected API on 127.0.0.1: it returns pages of a report as JSON to requests with a valid token.</summary>
internal static class ReportApi
{
    private static readonly TimeSpan ResponseTime = TimeSpan.FromMilliseconds(10);

    /// <param name="challengeFor">Returns the WWW-Authenticate header of a 401; null if the Authorization header is valid.</param>
    public static async Task<WebApplication> StartAsync(Func<string?, string?> challengeFor)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            if (challengeFor(context.Request.Headers.Authorization) is { } challenge)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = challenge;
                return;
            }
            await Task.Delay(ResponseTime, TimeProvider.System, context.RequestAborted);
            var page = int.Parse(context.Request.Query["page"]!, System.Globalization.CultureInfo.InvariantCulture);
            await context.Response.WriteAsJsonAsync(new ReportPage(page, [.. Enumerable.Range(0, 100).Select(row => $"row {page}.{row}")]));
        });
        await app.StartAsync();
        return app;
    }
}
