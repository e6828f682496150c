using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>Extracts the private key of a certificate.</summary>
internal static class CertificateKey
{
    /// <summary>Returns the key, the certificate and its chain.</summary>
    /// <exception cref="JwtGrantException">The certificate has no private key, or a key that cannot be used.</exception>
    public static KeyMaterial Parse(X509Certificate2 certificate, X509Certificate2Collection otherCertificates, string format, KeySource source)
    {
        if (!certificate.HasPrivateKey)
            throw source.Unusable("there is a certificate without its private key", "Import the certificate again together with the key.");
        try
        {
            var key = certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey() ?? (IDisposable?)MlDsaKey.From(certificate);
            return key is null
                ? throw source.Unusable($"there is a certificate with a key of the type {certificate.GetKeyAlgorithm()}", "Expected an RSA, EC or ML-DSA key.")
                : new()
                {
                    Key = key,
                    Format = format,
                    // A copy without the private key: the caller may dispose the original.
                    Certificate = X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span),
                    OtherCertificates = otherCertificates,
                };
        }
        catch (CryptographicException e)
        {
            throw source.Unusable(
                "there is a certificate whose private key cannot be used", "Give the user of the process permission to use the key, or import the certificate again.", e);
        }
    }
}
