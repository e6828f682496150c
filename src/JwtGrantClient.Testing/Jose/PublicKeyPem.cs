using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Testing.Jose;

/// <summary>Reads a public key from PEM: SubjectPublicKeyInfo, PKCS#1 or a certificate.</summary>
internal static class PublicKeyPem
{
    private const string RsaOid = "1.2.840.113549.1.1.1", EcOid = "1.2.840.10045.2.1";

    /// <exception cref="ArgumentException">The text is not PEM, or is not a public RSA or EC key.</exception>
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
            "RSA PUBLIC KEY" => new RsaVerificationKey(Import(RSA.Create(), pem), keyId),
            "PUBLIC KEY" => ReadSubjectPublicKeyInfo(pem, Convert.FromBase64String(pem[fields.Base64Data]), keyId, owner),
            _ => throw new ArgumentException($"The PEM of '{owner}' is a '{label}'; expected a public key or a certificate."),
        };
    }

    private static VerificationKey ReadCertificate(string pem, string? keyId, string owner)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.GetRSAPublicKey() is { } rsa ? new RsaVerificationKey(rsa, keyId)
            : certificate.GetECDsaPublicKey() is { } ec ? new EcVerificationKey(ec, keyId)
            : throw new ArgumentException($"The certificate of '{owner}' has neither an RSA nor an EC key.");
    }

    private static VerificationKey ReadSubjectPublicKeyInfo(string pem, byte[] der, string? keyId, string owner) =>
        PublicKey.CreateFromSubjectPublicKeyInfo(der, out _).Oid.Value switch
        {
            RsaOid => new RsaVerificationKey(Import(RSA.Create(), pem), keyId),
            EcOid => new EcVerificationKey(Import(ECDsa.Create(), pem), keyId),
            var other => throw new ArgumentException(
                $"The public key of '{owner}' has the algorithm {other}; this server supports RSA and EC."),
        };

    private static TKey Import<TKey>(TKey key, string pem)
        where TKey : AsymmetricAlgorithm
    {
        key.ImportFromPem(pem);
        return key;
    }
}
