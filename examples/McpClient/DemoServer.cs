using System.ComponentModel;
using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent;

/// <summary>An MCP server and a strict authorization server on 127.0.0.1, and the settings of a client that is registered there.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    private const string MetadataPath = "/.well-known/oauth-protected-resource/mcp", Scope = "tools.call";

    private readonly WebApplication _mcp;
    private readonly StrictAuthorizationServer _server;

    private DemoServer(WebApplication mcp, StrictAuthorizationServer server, IConfiguration settings) =>
        (_mcp, _server, Settings) = (mcp, server, settings);

    public Uri Endpoint => new($"{_mcp.Urls.Single()}/mcp");

    public IConfiguration Settings { get; }

    public static async Task<DemoServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = await StrictAuthorizationServer.StartAsync();
        server.RegisterClient(new() { Id = "agent", PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(), AllowedScopes = [Scope] });

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddMcpServer().WithHttpTransport(http => http.Stateless = true).WithTools<ForecastTools>();
        var demo = new DemoServer(builder.Build(), server, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["JwtGrant:Tools:Issuer"] = server.Issuer,
            ["JwtGrant:Tools:ClientId"] = "agent",
            ["JwtGrant:Tools:Grant"] = "ClientCredentials",
            ["JwtGrant:Tools:ClientAuthentication"] = "PrivateKeyJwt",
            ["JwtGrant:Tools:SigningKey:Text"] = key.ExportPkcs8PrivateKeyPem(),
            ["JwtGrant:Tools:AllowLoopbackHttp"] = "true",
        }).Build());
        demo._mcp.MapGet(MetadataPath, demo.GetMetadata);
        demo._mcp.Use(demo.RequireTokenAsync);
        demo._mcp.MapMcp("/mcp");
        await demo._mcp.StartAsync();
        return demo;
    }

    /// <summary>Calls a tool, revokes the token of the client, and returns whether a second call succeeded with a new token.</summary>
    public async Task<bool> CheckAsync(McpClient mcp)
    {
        var city = new Dictionary<string, object?> { ["city"] = "Lisbon" };
        var before = await mcp.CallToolAsync("get_forecast", city);
        _server.RevokeAll();
        var after = await mcp.CallToolAsync("get_forecast", city);

        var isAnswered = new[] { before, after }.All(result => result.Content is [TextContentBlock { Text: ForecastTools.Sunny }]);
        var tokenRequests = _server.Requests.Where(request => request.Method == "POST").ToList();
        var isExpected = isAnswered && tokenRequests.Count == 2 && tokenRequests.All(request => request["resource"] == Endpoint.ToString());
        Console.WriteLine(isExpected ? "Called the tool twice, also after the token was revoked." : "Unexpected result.");
        return isExpected;
    }

    public async ValueTask DisposeAsync()
    {
        await _mcp.DisposeAsync();
        await _server.DisposeAsync();
    }

    private IResult GetMetadata() => Results.Json(new Dictionary<string, object>
    {
        ["resource"] = Endpoint.ToString(),
        ["authorization_servers"] = new[] { _server.Issuer },
    });

    private Task RequireTokenAsync(HttpContext context, RequestDelegate next)
    {
        var check = _server.CheckAccessToken(context.Request.Headers.Authorization, Scope);
        if (check.IsValid || context.Request.Path == MetadataPath)
            return next(context);
        context.Response.StatusCode = check.Status;
        var separator = check.WwwAuthenticate!.Contains('=') ? ", " : " ";
        context.Response.Headers.WWWAuthenticate =
            $"{check.WwwAuthenticate}{separator}resource_metadata=\"{_mcp.Urls.Single()}{MetadataPath}\", scope=\"{Scope}\"";
        return Task.CompletedTask;
    }

    private sealed class ForecastTools
    {
        public const string Sunny = "Sunny, 24 degrees";

        [McpServerTool(Name = "get_forecast"), Description("Gets the weather of tomorrow.")]
        public static string GetForecast([Description("The name of the city.")] string city) => city.Length > 0 ? Sunny : "Unknown city";
    }
}
