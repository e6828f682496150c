using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>How the server is told which key it is: the kid, and the certificate's members of the header.</summary>
/// <param name="KeyId">The <c>kid</c>, or null for none.</param>
/// <param name="Header">The further members of the header, or null for none.</param>
/// <param name="Format">What the key was found as.</param>
/// <param name="Certificate">The key's certificate, where it has one.</param>
internal sealed record KeyIdentity(string? KeyId, IReadOnlyDictionary<string, object>? Header, string Format, X509Certificate2? Certificate)
{
    /// <exception cref="JwtGrantException">The settings ask for a certificate's name, and there is no certificate.</exception>
    public static KeyIdentity Create(KeyDescription found, string place, SigningKeyOptions options) => new(
        options.KeyId ?? options.KeyIdFrom switch
        {
            KeyIdSource.JwkThumbprint => found.ComputeThumbprint(place),
            KeyIdSource.CertificateThumbprint => CertificateOf(found, place, "KeyIdFrom").Thumbprint,
            _ => found.KeyId,
        },
        HeaderOf(found, place, options),
        found.Format,
        found.Certificate);

    private static Dictionary<string, object>? HeaderOf(KeyDescription found, string place, SigningKeyOptions options)
    {
        if (options is { X5t: false, X5tS256: false, X5c: false })
            return null;
        var certificate = CertificateOf(found, place, options.X5t ? "X5t" : options.X5tS256 ? "X5tS256" : "X5c");
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        // RFC 7515 sections 4.1.7 and 4.1.8: of the DER, base64url, not hexadecimal (C22).
        if (options.X5t)
            header["x5t"] = Base64Url.EncodeToString(certificate.GetCertHash());
        if (options.X5tS256)
            header["x5t#S256"] = Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        if (options.X5c)
            header["x5c"] = CertificateChain.Create(certificate, found.Others);
        return header;
    }

    private static X509Certificate2 CertificateOf(KeyDescription found, string place, string setting) =>
        found.Certificate ?? throw JwtGrantException.Configuration(
            "signing_key_without_certificate",
            $"SigningKey:{setting} asks for a certificate, but in {place} there is a key alone ({found.Format}). " +
            $"Put the certificate beside the key, or leave {setting} out.");
}
