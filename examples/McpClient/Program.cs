using Agent;
using JwtGrantClient;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

// An agent without a user interface that calls a protected MCP server: `McpClient https://mcp.example.com/mcp`, with the settings in
// appsettings.json. Without an argument it starts a demo server. It is also a client for the MCP conformance suite.
await using var demo = args.Length == 0 ? await DemoServer.StartAsync() : null;
var endpoint = demo?.Endpoint ?? new Uri(args[^1]);

// The MCP server says which authorization servers issue tokens for it (RFC 9728).
using var discovery = new HttpClient();
var resource = await ProtectedResource.DiscoverAsync(discovery, endpoint);

// The settings say at which of them this application is a client. The MCP server only chooses among these, so that it cannot direct the
// credentials of the application, or the token of a user, to a server of its own.
using var suite = ConformanceSuite.IsRunning ? new ConformanceSuite(resource) : null;
var settings = suite?.Settings ?? demo?.Settings
    ?? new ConfigurationBuilder().AddJsonFile("appsettings.json").AddEnvironmentVariables().Build();
var clients = settings.GetSection("JwtGrant").GetChildren().ToList();
if (clients.Find(client => resource.AuthorizationServers.Contains(client["Issuer"])) is not { } client)
{
    var trusted = string.Join(", ", resource.AuthorizationServers);
    await Console.Error.WriteLineAsync($"{endpoint} accepts tokens of {trusted}, and the settings have no client with such an Issuer.");
    return 1;
}

// The token is for this MCP server only (RFC 8707), and has the scope that it asks for, unless the settings say otherwise.
var request = new TokenRequest
{
    Resource = [resource.Identifier],
    Scope = client["Scope"] ?? resource.Scope,
    SubjectToken = settings["UserToken"] is { } idToken ? new TypedToken(idToken, TokenTypes.IdToken) : null,
};

var services = new ServiceCollection();
foreach (var section in clients)                                    // a chain has several
    services.AddJwtGrantClient(section.Key, section);
services.AddHttpClient("mcp", http => http.BaseAddress = endpoint)
    .AddHttpMessageHandler(() => new BufferedContentHandler())
    .AddJwtGrantToken(client.Key, handler => handler.TokenRequest = request);
await using var provider = services.BuildServiceProvider();

// From here on it is an ordinary MCP client: its transport sends each message with a valid token.
using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("mcp");
await using var transport = new HttpClientTransport(new() { Endpoint = endpoint, TransportMode = HttpTransportMode.StreamableHttp }, http);
await using var mcp = await McpClient.CreateAsync(transport);
foreach (var tool in await mcp.ListToolsAsync())
    Console.WriteLine($"{tool.Name}: {tool.Description}");

return demo is null || await demo.CheckAsync(mcp) ? 0 : 1;
