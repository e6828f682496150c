using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;

namespace SamlBearer;

/// <summary>The strict server in place of SAP, with a new certificate. The example needs no SAP account.</summary>
internal sealed class DemoSapServer : IAsyncDisposable
{
    public const string ClientId = "payroll", SamlIssuer = "https://payroll.example.com";

    private readonly RSA _key = RSA.Create(2048);

    private DemoSapServer(StrictAuthorizationServer server)
    {
        Server = server;
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
        Certificate = new CertificateRequest("CN=payroll", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(from, until);
    }

    public StrictAuthorizationServer Server { get; }

    /// <summary>The certificate with its private key. The server has only the public part.</summary>
    public X509Certificate2 Certificate { get; }

    public static async Task<DemoSapServer> StartAsync()
    {
        var sap = new DemoSapServer(await StrictAuthorizationServer.StartAsync());
        var certificate = sap.Certificate.ExportCertificatePem();
        sap.Server.RegisterClient(new() { Id = ClientId, PublicKeyPem = certificate });
        sap.Server.TrustSamlIssuer(new() { Issuer = SamlIssuer, CertificatePem = certificate, AllowedSubjects = ["mmustermann", "jdoe"] });
        return sap;
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Certificate.Dispose();
        _key.Dispose();
    }
}
