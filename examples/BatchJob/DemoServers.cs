using System.Security.Cryptography;
using JwtGrantClient.Testing;
using Microsoft.AspNetCore.Builder;

namespace BatchJob;

/// <summary>
/// What the job talks to: the servers that configuration names, else a strict authorization server and a report API on this machine, with
/// a freshly made key, so that the example needs no set-up.
/// </summary>
internal sealed class DemoServers : IAsyncDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromSeconds(4);

    private WebApplication? _api;

    public Tally Tally { get; } = new();

    public IssuedTokens IssuedTokens { get; } = new();

    public StrictAuthorizationServer? EmbeddedServer { get; private set; }

    public Uri ApiAddress { get; private set; } = null!;

    public string ServerDescription { get; private set; } = "";

    public string ApiDescription { get; private set; } = "";

    public static async Task<DemoServers> StartAsync(ConfigurationManager configuration)
    {
        var servers = new DemoServers();
        await servers.FindServerAsync(configuration);
        await servers.FindApiAsync(configuration);
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_api is not null)
            await _api.DisposeAsync();
        if (EmbeddedServer is not null)
            await EmbeddedServer.DisposeAsync();
    }

    private async Task FindServerAsync(ConfigurationManager configuration)
    {
        var section = configuration.GetSection("JwtGrant:Reports");
        if ((section["Issuer"] ?? section["TokenEndpoint"]) is { } named)
        {
            ServerDescription = $"{named}, as configured";
            return;
        }
        using var key = RSA.Create(2048);
        EmbeddedServer = await StrictAuthorizationServer.StartAsync(new() { TokenLifetime = TokenLifetime });
        EmbeddedServer.RegisterClient(new() { Id = section["ClientId"]!, PublicKeyPem = key.ExportSubjectPublicKeyInfoPem() });
        // The same keys that appsettings.json would have for a real server.
        configuration.AddInMemoryCollection([
            new("JwtGrant:Reports:Issuer", EmbeddedServer.Issuer),
            new("JwtGrant:Reports:SigningKey:Text", key.ExportPkcs8PrivateKeyPem()),
            new("JwtGrant:Reports:AllowLoopbackHttp", "true"),
        ]);
        ServerDescription = $"{EmbeddedServer.Issuer}, started for this run; tokens live {TokenLifetime.TotalSeconds} s";
    }

    private async Task FindApiAsync(ConfigurationManager configuration)
    {
        if (configuration["Reports:BaseAddress"] is { Length: > 0 } named)
        {
            ApiAddress = new Uri(named);
            ApiDescription = $"{named}, as configured";
            return;
        }
        _api = await ReportApi.StartAsync(Challenge);
        configuration.AddInMemoryCollection([new("JwtGrant:Reports:AllowLoopbackHttp", "true")]);
        ApiAddress = new Uri(_api.Urls.Single());
        ApiDescription = $"{ApiAddress}, started for this run";
    }

    // Beside a server that is not ours, the API can only know the tokens by having seen them issued.
    private string? Challenge(string? authorization) => EmbeddedServer is { } server
        ? server.CheckAccessToken(authorization).WwwAuthenticate
        : IssuedTokens.Contains(authorization) ? null : "Bearer error=\"invalid_token\"";
}
