using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>Reads a public key, or the key of a certificate, from PEM (RFC 7468).</summary>
internal static class PublicKeyPem
{
    public static VerificationKey Read(string pem, string? keyId)
    {
        if (!PemEncoding.TryFind(pem, out var fields))
            throw new ArgumentException("PublicKeyPem holds no PEM block. Expected -----BEGIN PUBLIC KEY----- and its END line, whole.");
        var label = pem[fields.Label];
        var der = Convert.FromBase64String(pem[fields.Base64Data]);
        try
        {
            var key = label switch
            {
                "PUBLIC KEY" => RsaKey.Import(rsa => rsa.ImportSubjectPublicKeyInfo(der, out _)),
                "RSA PUBLIC KEY" => RsaKey.Import(rsa => rsa.ImportRSAPublicKey(der, out _)),
                "CERTIFICATE" => FromCertificate(der),
                _ when label.EndsWith("PRIVATE KEY", StringComparison.Ordinal) => throw new ArgumentException(
                    "PublicKeyPem holds a private key, which no server may have. Give the public half: openssl pkey -in FILE -pubout"),
                _ => throw new ArgumentException($"PublicKeyPem holds a '{label}' block. Expected PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE."),
            };
            return new(keyId ?? RsaKey.Thumbprint(key), "RSA", RsaKey.Checked(key));
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException($"PublicKeyPem's '{label}' block is not a whole RSA key; this version of the server registers RSA keys.", e);
        }
    }

    private static RSA FromCertificate(byte[] der)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(der);
        return certificate.GetRSAPublicKey() ?? throw new CryptographicException("The certificate's key is not RSA.");
    }
}
