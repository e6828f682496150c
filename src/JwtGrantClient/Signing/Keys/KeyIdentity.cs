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
        // RFC 7515 sections 4.1.7 and 4.1.8: of the DER, base64url, not hexadecimal.
        if (options.X5t)
            header["x5t"] = Base64Url.EncodeToString(certificate.GetCertHash());
        if (options.X5tS256)
            header["x5t#S256"] = Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        if (options.X5c)
            header["x5c"] = ChainOf(certificate, found.Others);
        return header;
    }

    // The certificate, then each one's issuer, in base64 of the DER (RFC 7515 section 4.1.6). The others come in any order.
    private static string[] ChainOf(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(others);
        // The order is all that is wanted: whether it is trusted is the server's to judge, and nothing may be fetched.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.Build(certificate);
        var all = chain.ChainElements.Select(element => element.Certificate).ToList();
        // The server has the root, or does not trust it.
        if (all.Count > 1 && all[^1].SubjectName.RawData.AsSpan().SequenceEqual(all[^1].IssuerName.RawData))
            all.RemoveAt(all.Count - 1);
        return [.. all.Select(link => Convert.ToBase64String(link.RawDataMemory.Span))];
    }

    private static X509Certificate2 CertificateOf(KeyDescription found, string place, string setting) =>
        found.Certificate ?? throw JwtGrantException.Configuration(
            "signing_key_without_certificate",
            $"SigningKey:{setting} asks for a certificate, but in {place} there is a key alone ({found.Format}). " +
            $"Put the certificate beside the key, or leave {setting} out.");
}
