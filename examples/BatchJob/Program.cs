using BatchJob;
using JwtGrantClient;

// The job: these lines are what a real batch job has.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
await using var servers = await DemoServers.StartAsync(builder.Configuration);

var client = builder.Services.AddJwtGrantClient("reports", builder.Configuration.GetSection("JwtGrant:Reports"));
builder.Services
    .AddHttpClient("reports", http => http.BaseAddress = servers.ApiAddress)
    .AddJwtGrantToken("reports")
    .AddHttpMessageHandler(() => new UnauthorizedCounter(servers.Tally));
builder.Services.AddSingleton<DownloadJob>();
builder.Services.AddSingleton(TimeProvider.System);

// The rest watches it, for the summary.
builder.Services.AddSingleton(servers.Tally);
client.UseTokenEndpointHandler(_ => new TokenResponseRecorder(servers.IssuedTokens)
{
    // As the library demands of a replacement: no redirect is followed.
    InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false },
});
using var meter = new TokenMeter(servers.Tally);
using var host = builder.Build();
await host.StartAsync();

Console.WriteLine($"Authorization server: {servers.ServerDescription}");
Console.WriteLine($"Report API:           {servers.ApiDescription}");
var job = host.Services.GetRequiredService<DownloadJob>();
await job.RunAsync(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);

await host.StopAsync();
return Summary.Print(servers);
