using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;
using JwtGrantClient.Testing;

namespace MutualTls;

/// <summary>The strict server with its listener for mutual TLS, and the files that an operator would have put in place.</summary>
internal sealed class BankStandIn : IAsyncDisposable
{
    public const string ClientId = "payments";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mutual-tls-");

    private BankStandIn(StrictAuthorizationServer server)
    {
        Server = server;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
        Certificate = new CertificateRequest($"CN={ClientId}", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, until);
        File.WriteAllText(CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        // The server's certificate is signed by itself, so it is its own CA.
        using var authority = server.ServerCertificate!;
        File.WriteAllText(AuthorityPath, authority.ExportCertificatePem());
    }

    public StrictAuthorizationServer Server { get; }

    public X509Certificate2 Certificate { get; }

    public string CertificatePath => Path.Combine(_folder.FullName, "tls.crt");

    public string KeyPath => Path.Combine(_folder.FullName, "tls.key");

    public string AuthorityPath => Path.Combine(_folder.FullName, "ca.crt");

    public static async Task<BankStandIn> StartAsync()
    {
        var bank = new BankStandIn(await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }));
        var thumbprint = Base64Url.EncodeToString(bank.Certificate.GetCertHash(HashAlgorithmName.SHA256));
        bank.Server.RegisterClient(new() { Id = ClientId, CertificateThumbprint = thumbprint });
        return bank;
    }

    /// <summary>What an API does that sees the token, and the certificate of the connection.</summary>
    public AccessTokenCheck Check(AccessToken token, X509Certificate2? certificate) =>
        Server.CheckAccessToken($"{token.Type} {token.Value}", requiredScope: null, certificate);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }
}
