using System.Security.Cryptography;
using Google.Apis.Auth.OAuth2;
using JwtGrantClient.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Client;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>An OAuth client of somebody else, with its own defaults, and what it needs from the strict server.</summary>
/// <param name="Issuer">The issuer of the server; null for its address.</param>
/// <param name="Leniency">What the server must let pass.</param>
/// <param name="Deviations">The rules that the client breaks.</param>
/// <param name="GetTokenAsync">Obtains a token from the server, with the key of the registered client.</param>
internal sealed record Peer(string? Issuer, Leniency Leniency, string[] Deviations, Func<StrictAuthorizationServer, RSA, Task> GetTokenAsync)
{
    public const string ClientId = "batch-worker";

    private const string Authority = "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555";

    /// <summary>Gets the clients by their names.</summary>
    public static IReadOnlyDictionary<string, Peer> All { get; } = new Dictionary<string, Peer>(StringComparer.Ordinal)
    {
        ["MSAL.NET"] = new(
            $"{Authority}/oauth2/v2.0",
            new() { AllowTokenEndpointAudience = true, AllowStringDates = true, AllowLongLifetime = true },
            ["S12", "S13", "S13", "S14"],
            GetFromMsalAsync),
        ["Google.Apis.Auth"] = new(
            "https://oauth2.googleapis.com",
            new() { AllowMissingSub = true, AllowLongLifetime = true, AllowMissingJti = true },
            ["S11", "S13", "S16"],
            GetFromGoogleAsync),
        ["OpenIddict.Client"] = new(null, new(), [], GetFromOpenIddictAsync),
        ["openid-client"] = new(null, new(), [], (server, key) => WithKeyFileAsync(key, file => PeerProgram.RunOpenIdClientAsync(server.Issuer, ClientId, file))),
        ["Authlib, private_key_jwt"] = new(
            null,
            new() { AllowTokenEndpointAudience = true, AllowLongLifetime = true },
            ["S12", "S13"],
            (server, key) => GetFromAuthlibAsync("private_key_jwt", server, key)),
        ["Authlib, jwt-bearer"] = new(
            null,
            new() { AllowLongLifetime = true, AllowMissingJti = true },
            ["S13", "S16"],
            (server, key) => GetFromAuthlibAsync("jwt-bearer", server, key)),
    };

    private static async Task GetFromMsalAsync(StrictAuthorizationServer server, RSA key)
    {
        using var certificate = MsalApplication.CreateCertificate(key);
        var app = MsalApplication.Create(ClientId, Authority, server.CreateHandler()).WithCertificate(certificate).Build();
        await app.AcquireTokenForClient(["https://api.example.com/.default"]).ExecuteAsync(TestContext.Current.CancellationToken);
    }

    private static async Task GetFromGoogleAsync(StrictAuthorizationServer server, RSA key)
    {
        var credential = new ServiceAccountCredential(new ServiceAccountCredential.Initializer(ClientId, server.TokenEndpoint)
        {
            Key = key,
            Scopes = ["reports.read"],
            HttpClientFactory = GoogleHttp.CreateFactory(server.CreateHandler),
        });
        using var http = credential.HttpClient;
        await credential.GetAccessTokenForRequestAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task GetFromOpenIddictAsync(StrictAuthorizationServer server, RSA key)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddOpenIddict().AddClient(client =>
        {
            client.AllowClientCredentialsFlow().DisableTokenStorage();
            client.UseSystemNetHttp();
            client.AddRegistration(new OpenIddictClientRegistration
            {
                Issuer = new Uri(server.Issuer),
                ClientId = ClientId,
                SigningCredentials = { new(new RsaSecurityKey(key), SecurityAlgorithms.RsaSha256) },
                Configuration = new()
                {
                    Issuer = new Uri(server.Issuer),
                    TokenEndpoint = new Uri(server.TokenEndpoint),
                    GrantTypesSupported = { GrantTypes.ClientCredentials },
                    TokenEndpointAuthMethodsSupported = { ClientAuthenticationMethods.PrivateKeyJwt },
                },
            });
        });
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<OpenIddictClientService>().AuthenticateWithClientCredentialsAsync(
            new() { CancellationToken = TestContext.Current.CancellationToken });
    }

    private static Task GetFromAuthlibAsync(string use, StrictAuthorizationServer server, RSA key) =>
        WithKeyFileAsync(key, file => PeerProgram.RunAuthlibAsync(use, server.TokenEndpoint, server.Issuer, ClientId, file));

    private static async Task WithKeyFileAsync(RSA key, Func<string, Task> run)
    {
        using var file = new TemporaryFile(key.ExportPkcs8PrivateKeyPem());
        await run(file.Path);
    }
}
