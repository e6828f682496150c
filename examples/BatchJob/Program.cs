using System.Net.Http.Json;
using BatchJob.Demo;
using JwtGrantClient;

// The whole batch job. To use it, copy it without the lines that end in "demo" and fill in appsettings.json.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
await using var servers = await DemoServers.StartAsync(builder.Configuration); // demo

var client = builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
builder.Services
    .AddHttpClient("reports", http => http.BaseAddress = new Uri(builder.Configuration["Reports:BaseAddress"]!))
    .AddJwtGrantToken("reports");

using var statistics = JobStatistics.Start(client, servers); // demo
using var host = builder.Build();
await host.StartAsync();
var clients = host.Services.GetRequiredService<IHttpClientFactory>();

async Task<ReportPage> DownloadAsync(int page)
{
    using var http = clients.CreateClient("reports");
    return (await http.GetFromJsonAsync<ReportPage>($"reports?page={page}"))!;
}

await DownloadLoop.RunAsync(DownloadAsync, host.Services, statistics); // demo: pages in parallel, for 20 seconds
await host.StopAsync();
return statistics.Print(); // demo

/// <summary>A page of the report, as the API sends it.</summary>
internal sealed record ReportPage(int Page, IReadOnlyList<string> Rows);
