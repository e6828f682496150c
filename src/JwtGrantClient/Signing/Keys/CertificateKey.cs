using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>A certificate that has its private key.</summary>
internal static class CertificateKey
{
    public static KeyMaterial Parse(X509Certificate2 certificate, X509Certificate2Collection others, string format, KeySource content)
    {
        if (!certificate.HasPrivateKey)
            throw content.Unusable("there is a certificate without its private key", "Import it again together with the key.");
        try
        {
            var key = certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey() ?? (IDisposable?)MlDsaKey.From(certificate);
            return key is null
                ? throw content.Unusable($"there is a certificate with a key of the kind {certificate.GetKeyAlgorithm()}", "Expected an RSA, EC or ML-DSA key.")
                : new()
                {
                    Key = key,
                    Format = format,
                    // A copy without the private key, so that the original may go.
                    Certificate = X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span),
                    Others = others,
                };
        }
        catch (CryptographicException e)
        {
            throw content.Unusable(
                "there is a certificate whose private key cannot be used", "Give the process's user the right to use the key, or import " +
                "it again.", e);
        }
    }
}
