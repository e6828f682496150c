using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// A private CA: a root, and an intermediate CA that issues the certificates of servers. They are valid by the real clock, which TLS uses.
/// </summary>
internal sealed class TestAuthority : IDisposable
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa _rootKey = Keys.Ec("nistP256"), _intermediateKey = Keys.Ec("nistP256");
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-10), _until = TimeProvider.System.GetUtcNow().AddDays(10);

    public TestAuthority(string name = "Test CA")
    {
        Root = Authority($"CN={name}", _rootKey).CreateSelfSigned(_from, _until);
        Intermediate = Authority($"CN={name} intermediate", _intermediateKey).Create(Root, _from, _until, [1]);
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>Issues a certificate, by default one for a server on 127.0.0.1.</summary>
    public X509Certificate2 Issue(string host = "127.0.0.1", string purpose = ServerPurpose, bool expired = false)
    {
        using var key = Keys.Ec("nistP256");
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        using var certificate = request.Create(
            Intermediate.SubjectName, X509SignatureGenerator.CreateForECDsa(_intermediateKey), _from, expired ? _from.AddDays(1) : _until, Guid.NewGuid().ToByteArray());
        using var withKey = certificate.CopyWithPrivateKey(key);
        // TLS on Windows uses only a key that was loaded from PKCS#12.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }

    public void Dispose()
    {
        Root.Dispose();
        Intermediate.Dispose();
        _rootKey.Dispose();
        _intermediateKey.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }
}
