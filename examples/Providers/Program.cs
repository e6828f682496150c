using JwtGrantClient;
using Providers.Demo;

// Clients of several providers in one program. A section of appsettings.json has the name of the provider and the few values that the provider gives its
// users. Without the lines that end in "demo", the program talks to the providers themselves.
await using var providers = DemoProviders.Start(); // demo: the providers and their APIs in this process, and a folder with new keys

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
AddClient("Storage", "https://storage.googleapis.com");
AddClient("Graph", "https://graph.microsoft.com");
AddClient("Vault", "https://contoso.vault.azure.net");
AddClient("Crm", "https://contoso.my.salesforce.com");
AddClient("GitHub", "https://api.github.com").ConfigureHttpClient(http => http.DefaultRequestHeaders.Add("User-Agent", "my-service"));
AddClient("Claude", "https://api.anthropic.com").ConfigureHttpClient(http =>
{
    http.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
    http.DefaultRequestHeaders.Add("anthropic-beta", "oauth-2025-04-20");
});

using var host = builder.Build();
await host.StartAsync(); // a missing value, or a key that cannot be read, stops the host here

await CallAsync("Storage", "/storage/v1/b/reports/o");
await CallAsync("Graph", "/v1.0/organization");
await CallAsync("Vault", "/secrets/database?api-version=7.6");
await CallAsync("GitHub", "/installation/repositories");
await CallAsync("Claude", "/v1/models");

// Salesforce says in its token response where the API is. The token goes to that address only if it is the base address of the client, or one of its
// AllowedOrigins.
var token = await host.Services.GetRequiredKeyedService<ITokenSource>("Crm").GetTokenAsync();
var instance = token.Members["instance_url"].GetString();
await CallAsync("Crm", $"{instance}/services/data/v64.0/limits");

await host.StopAsync();
return providers.Report(); // demo

IHttpClientBuilder AddClient(string name, string api)
{
    builder.Services.AddJwtGrantClient(name, builder.Configuration.GetSection($"JwtGrant:{name}"))
        .UseTokenEndpointHandler(_ => providers.CreateHandler()); // demo
    return builder.Services.AddHttpClient(name, http => http.BaseAddress = new Uri(api))
        .ConfigurePrimaryHttpMessageHandler(providers.CreateHandler) // demo
        .AddJwtGrantToken(name);
}

// Each API is called twice with one token: the client caches it.
async Task CallAsync(string name, string path)
{
    using var http = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
    for (var call = 0; call < 2; call++)
    {
        using var response = await http.GetAsync(path);
        Console.WriteLine($"{(int)response.StatusCode}  {name,-8} {await response.Content.ReadAsStringAsync()}");
    }
}
