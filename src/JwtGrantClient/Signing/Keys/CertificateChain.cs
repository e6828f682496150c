using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>The value of <c>x5c</c>: the certificate, then each one's issuer, in base64 of the DER (RFC 7515 section 4.1.6).</summary>
internal static class CertificateChain
{
    /// <param name="certificate">The key's own.</param>
    /// <param name="others">Further certificates that came with it, in any order.</param>
    public static string[] Create(X509Certificate2 certificate, X509Certificate2Collection others)
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
}
