using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BatchJob;

/// <summary>The protected API on 127.0.0.1: pages of a report as JSON, for requests with a valid token only.</summary>
internal static class ReportApi
{
    private static readonly TimeSpan TimeToFetchAPage = TimeSpan.FromMilliseconds(10);

    /// <param name="isRefused">The WWW-Authenticate header to answer with; null where the Authorization header is good.</param>
    public static async Task<WebApplication> StartAsync(Func<string?, string?> isRefused)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            if (isRefused(context.Request.Headers.Authorization) is { } challenge)
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                context.Response.Headers.WWWAuthenticate = challenge;
                return;
            }
            await Task.Delay(TimeToFetchAPage, TimeProvider.System, context.RequestAborted);
            var page = int.Parse(context.Request.Query["page"]!, System.Globalization.CultureInfo.InvariantCulture);
            await context.Response.WriteAsJsonAsync(new ReportPage(page, [.. Enumerable.Range(0, 100).Select(row => $"row {page}.{row}")]));
        });
        await app.StartAsync();
        return app;
    }
}
