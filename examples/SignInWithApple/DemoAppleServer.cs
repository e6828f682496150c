using System.Security.Cryptography;
using JwtGrantClient.Testing;

namespace SignInWithApple;

/// <summary>The strict server configured like the server of Apple, with a new key. The example needs no developer account.</summary>
internal sealed class DemoAppleServer : IAsyncDisposable
{
    public const string TeamId = "TEAM123456", ServicesId = "com.example.web", KeyId = "KEY1234567", RedirectUri = "https://www.example.com/callback";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sign-in-with-apple-");
    private readonly StrictAuthorizationServer _server;

    private DemoAppleServer(StrictAuthorizationServer server, string privateKey)
    {
        _server = server;
        File.WriteAllText(KeyFile, privateKey);
    }

    /// <summary>The file that the developer account offers for download once.</summary>
    public string KeyFile => Path.Combine(_folder.FullName, $"AuthKey_{KeyId}.p8");

    public string TokenEndpoint => _server.TokenEndpoint;

    public string RevocationEndpoint => _server.RevocationEndpoint;

    public string Audience => _server.Issuer;

    /// <summary>The number of requests that contained the same client secret as the first request.</summary>
    public int RequestsWithTheFirstSecret => _server.Requests.Count(request => request["client_secret"] == _server.Requests[0]["client_secret"]);

    public static async Task<DemoAppleServer> StartAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = await StrictAuthorizationServer.StartAsync();
        server.RegisterClient(new()
        {
            Id = ServicesId,
            PublicKeyPem = key.ExportSubjectPublicKeyInfoPem(),
            KeyId = KeyId,
            SigningAlgorithm = "ES256",
            ClientSecretIssuer = TeamId,
        });
        return new(server, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Returns the authorization code that Apple issues when a user has signed in.</summary>
    public string SignInUser(string user) => _server.IssueAuthorizationCode(ServicesId, RedirectUri, scope: "name email", subject: user);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
