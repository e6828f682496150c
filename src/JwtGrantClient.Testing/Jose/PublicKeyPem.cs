using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A public key as PEM: SubjectPublicKeyInfo, PKCS#1 or a certificate.</summary>
internal static class PublicKeyPem
{
    private const string RsaOid = "1.2.840.113549.1.1.1", EcOid = "1.2.840.10045.2.1";

    /// <exception cref="ArgumentException">It is no PEM, or not of a public RSA or EC key.</exception>
    /// <exception cref="CryptographicException">What is in it cannot be read.</exception>
    public static AsymmetricAlgorithm Read(string pem, string owner)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            throw new ArgumentException($"The public key of '{owner}' is no PEM; expected '-----BEGIN PUBLIC KEY-----'.");
        var label = pem[fields.Label];
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            throw new ArgumentException(
                $"The PEM of '{owner}' is a '{label}'; the server must not have that. \"openssl pkey -in private.pem -pubout\" prints " +
                "the public key.");
        return label switch
        {
            "CERTIFICATE" => FromCertificate(pem, owner),
            "RSA PUBLIC KEY" => Imported(RSA.Create(), pem),
            "PUBLIC KEY" => FromSubjectPublicKeyInfo(pem, Convert.FromBase64String(pem[fields.Base64Data]), owner),
            _ => throw new ArgumentException($"The PEM of '{owner}' is a '{label}'; expected a public key or a certificate."),
        };
    }

    private static AsymmetricAlgorithm FromCertificate(string pem, string owner)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey()
            ?? throw new ArgumentException($"The certificate of '{owner}' has neither an RSA nor an EC key.");
    }

    private static AsymmetricAlgorithm FromSubjectPublicKeyInfo(string pem, byte[] der, string owner) =>
        PublicKey.CreateFromSubjectPublicKeyInfo(der, out _).Oid.Value switch
        {
            RsaOid => Imported(RSA.Create(), pem),
            EcOid => Imported(ECDsa.Create(), pem),
            var other => throw new ArgumentException(
                $"The public key of '{owner}' has the algorithm {other}; this server verifies RSA and EC."),
        };

    private static AsymmetricAlgorithm Imported(AsymmetricAlgorithm key, string pem)
    {
        key.ImportFromPem(pem);
        return key;
    }
}
