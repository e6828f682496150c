using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Testing.MutualTls;

/// <summary>Computes the thumbprint of a certificate: the SHA-256 of its DER in base64url (RFC 8705 section 3.1, <c>x5t#S256</c>).</summary>
internal static class CertificateThumbprint
{
    // The length of 32 bytes in base64url.
    private const int Length = 43;

    public static string Compute(X509Certificate2 certificate) => Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));

    public static void Validate(string? thumbprint)
    {
        if (thumbprint is not null && (thumbprint.Length != Length || !Base64Url.IsValid(thumbprint)))
            throw new ArgumentException(
                $"CertificateThumbprint is '{thumbprint}'; expected x5t#S256: the SHA-256 of the certificate's DER in base64url, {Length} characters.");
    }
}
