using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;

namespace SamlBearer;

/// <summary>The strict server in SAP's place, with a freshly made certificate, so that the example needs no account.</summary>
internal sealed class SapStandIn : IAsyncDisposable
{
    public const string ClientId = "payroll", SamlIssuer = "https://payroll.example.com";

    private readonly RSA _key = RSA.Create(2048);

    private SapStandIn(StrictAuthorizationServer server)
    {
        Server = server;
        var (from, until) = (TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
        Certificate = new CertificateRequest("CN=payroll", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(from, until);
    }

    public StrictAuthorizationServer Server { get; }

    /// <summary>With its private key; the server gets the public half alone.</summary>
    public X509Certificate2 Certificate { get; }

    public static async Task<SapStandIn> StartAsync()
    {
        var sap = new SapStandIn(await StrictAuthorizationServer.StartAsync());
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
