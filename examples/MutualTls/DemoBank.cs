using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient;
using JwtGrantClient.Testing;

namespace MutualTls;

/// <summary>The strict server with mutual TLS, and the files that an operator would deploy.</summary>
internal sealed class DemoBank : IAsyncDisposable
{
    public const string ClientId = "payments";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mutual-tls-");

    private DemoBank(StrictAuthorizationServer server)
    {
        Server = server;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
        Certificate = new CertificateRequest($"CN={ClientId}", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, until);
        File.WriteAllText(CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
        // The certificate of the server is self-signed, so it is also the CA certificate.
        using var authority = server.ServerCertificate!;
        File.WriteAllText(AuthorityPath, authority.ExportCertificatePem());
    }

    public StrictAuthorizationServer Server { get; }

    public X509Certificate2 Certificate { get; }

    public string CertificatePath => Path.Combine(_folder.FullName, "tls.crt");

    public string KeyPath => Path.Combine(_folder.FullName, "tls.key");

    public string AuthorityPath => Path.Combine(_folder.FullName, "ca.crt");

    public static async Task<DemoBank> StartAsync()
    {
        var bank = new DemoBank(await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }));
        var thumbprint = Base64Url.EncodeToString(bank.Certificate.GetCertHash(HashAlgorithmName.SHA256));
        bank.Server.RegisterClient(new() { Id = ClientId, CertificateThumbprint = thumbprint });
        return bank;
    }

    /// <summary>Validates the token and the certificate of the connection, as an API does.</summary>
    public AccessTokenCheck Check(AccessToken token, X509Certificate2? certificate) =>
        Server.CheckAccessToken($"{token.Type} {token.Value}", requiredScope: null, certificate);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Certificate.Dispose();
        _folder.Delete(recursive: true);
    }
}
