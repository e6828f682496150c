using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Testing.Jose;

/// <summary>Reads a public key from PEM: SubjectPublicKeyInfo, PKCS#1 or a certificate.</summary>
internal static class PublicKeyPem
{
    private const string RsaOid = "1.2.840.113549.1.1.1", EcOid = "1.2.840.10045.2.1", Ed25519Oid = "1.3.101.112";

    /// <exception cref="ArgumentException">The text is not PEM, or is not a public key of a supported type.</exception>
    /// <exception cref="UnusableKeyException">The key cannot verify signatures.</exception>
    /// <exception cref="CryptographicException">The content cannot be read.</exception>
    public static VerificationKey Read(string pem, string? keyId, string owner)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            throw new ArgumentException($"The public key of '{owner}' is not PEM; expected '-----BEGIN PUBLIC KEY-----'.");
        var label = pem[fields.Label];
        if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            throw new ArgumentException($"The PEM of '{owner}' is a '{label}'; the server must not have a private key. \"openssl pkey -in private.pem -pubout\" prints the public key.");
        return label switch
        {
            "CERTIFICATE" => ReadCertificate(pem, keyId, owner),
            "RSA PUBLIC KEY" => new RsaVerificationKey(ImportPkcs1(pem), keyId),
            "PUBLIC KEY" => Read(
                PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromBase64String(pem[fields.Base64Data]), out _), keyId, $"'{owner}'"),
            _ => throw new ArgumentException($"The PEM of '{owner}' is a '{label}'; expected a public key or a certificate."),
        };
    }

    private static VerificationKey ReadCertificate(string pem, string? keyId, string owner)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return Read(certificate.PublicKey, keyId, $"The certificate of '{owner}'");
    }

    private static VerificationKey Read(PublicKey key, string? keyId, string name)
    {
        var content = key.EncodedKeyValue.RawData;
        return key.Oid.Value switch
        {
            RsaOid => new RsaVerificationKey(key.GetRSAPublicKey()!, keyId),
            EcOid => new EcVerificationKey(key.GetECDsaPublicKey()!, keyId),
            Ed25519Oid => new Ed25519VerificationKey(content, keyId),
            var oid => MLDsaVerificationKey.FromOid(oid, content, keyId) as VerificationKey
                ?? throw new ArgumentException($"{name} has a key with the algorithm {oid}; this server supports RSA, EC, Ed25519 and ML-DSA."),
        };
    }

    private static RSA ImportPkcs1(string pem)
    {
        var key = RSA.Create();
        key.ImportFromPem(pem);
        return key;
    }
}
