using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;

namespace BatchJob.Demo;

/// <summary>
/// The servers of the job: those that the configuration names, or a strict authorization server and a report API on this machine with a new
/// key, so that the example needs no setup.
/// </summary>
internal sealed class DemoServers : IAsyncDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(4);

    private WebApplication? _api;

    public IssuedTokens IssuedTokens { get; } = new();

    public StrictAuthorizationServer? EmbeddedServer { get; private set; }

    public static async Task<DemoServers> StartAsync(ConfigurationManager configuration)
    {
        var servers = new DemoServers();
        await servers.StartAuthorizationServerAsync(configuration);
        await servers.StartApiAsync(configuration);
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        if (EmbeddedServer is not null)
            await EmbeddedServer.DisposeAsync();
    }

    private async Task StartAuthorizationServerAsync(ConfigurationManager configuration)
    {
        var section = configuration.GetSection("JwtGrant:Reports");
        if ((section["Issuer"] ?? section["TokenEndpoint"]) is { } named)
        {
            Console.WriteLine($"Authorization server: {named}, as configured");
            return;
        }
        using var key = RSA.Create(2048);
        EmbeddedServer = await StrictAuthorizationServer.StartAsync(new() { TokenLifetime = TokenLifetime });
        EmbeddedServer.RegisterClient(new() { Id = section["ClientId"]!, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });
        // The same settings that appsettings.json has for a real server.
        configuration.AddInMemoryCollection([
            new("JwtGrant:Reports:Issuer", EmbeddedServer.Issuer),
            new("JwtGrant:Reports:SigningKey:Text", key.ExportPkcs8PrivateKeyPem()),
            new("JwtGrant:Reports:AllowLoopbackHttp", "true"),
        ]);
        Console.WriteLine($"Authorization server: {EmbeddedServer.Issuer}, started for this run; tokens live {TokenLifetime.TotalSeconds} s");
    }

    private async Task StartApiAsync(ConfigurationManager configuration)
    {
        if (configuration["Reports:BaseAddress"] is { Length: > 0 } named)
        {
            Console.WriteLine($"Report API:           {named}, as configured");
            return;
        }
        _api = await ReportApi.StartAsync(Challenge);
        var address = _api.Urls.Single();
        configuration.AddInMemoryCollection([new("JwtGrant:Reports:AllowLoopbackHttp", "true"), new("Reports:BaseAddress", address)]);
        Console.WriteLine($"Report API:           {address}, started for this run");
    }

    // The tokens of another authorization server are known to this API only because their responses were recorded.
    private string? Challenge(string? authorization) => EmbeddedServer is { } server
        ? server.CheckAccessToken(authorization).WwwAuthenticate
        : IssuedTokens.Contains(authorization) ? null : "Bearer error=\"invalid_token\"";
}
