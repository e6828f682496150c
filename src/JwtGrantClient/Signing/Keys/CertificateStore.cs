using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>Finds a certificate with its private key in a certificate store of the machine.</summary>
internal static class CertificateStore
{
    private const int Sha1Digits = 40, Sha256Digits = 64, ShownDigits = 8;

    /// <summary>Returns the certificate that the options select.</summary>
    /// <exception cref="JwtGrantException">The store or the certificate does not exist, or the certificate has no private key.</exception>
    public static KeySource Find(CertificateStoreOptions options)
    {
        var place = $"the certificate store {options.StoreLocation}/{SettingText.Show(options.StoreName)}";
        var (criterion, matches) = CreateFilter(options);
        using var store = Open(options, place);
        var all = new List<X509Certificate2>(store.Certificates);
        var matching = all.FindAll(matches);
        // After a certificate was renewed, the store contains both.
        X509Certificate2? best = null;
        foreach (var certificate in matching)
            if (certificate.HasPrivateKey && (best is null || certificate.NotAfter > best.NotAfter))
                best = certificate;
        foreach (var other in all)
            if (other != best)
                other.Dispose();
        return best is not null ? KeySource.From(best, place, owned: true) : throw NotFound(matching.Count == 0
            ? $"In {place} there is no certificate with {criterion} (certificates searched: {all.Count}). Import the certificate, or correct SigningKey:Certificate."
            : $"In {place} the certificate with {criterion} has no private key. Import the certificate again together with the key.");
    }

    private static (string Criterion, Predicate<X509Certificate2> Matches) CreateFilter(CertificateStoreOptions options)
    {
        switch (options)
        {
            case { Thumbprint: { } thumbprint, Subject: null }:
                // Certificate managers show thumbprints with spaces, and some put an invisible character before the first digit.
                var digits = new string(Array.FindAll(thumbprint.ToCharArray(), char.IsAsciiHexDigit));
                var hash = digits.Length switch
                {
                    Sha1Digits => HashAlgorithmName.SHA1,
                    Sha256Digits => HashAlgorithmName.SHA256,
                    _ => throw NotFound($"SigningKey:Certificate:Thumbprint has {digits.Length} hexadecimal digits; expected 40 (SHA-1) or 64 (SHA-256)."),
                };
                return ($"the thumbprint {digits[..ShownDigits]}...", certificate => certificate.GetCertHashString(hash).Equals(digits, StringComparison.OrdinalIgnoreCase));
            case { Thumbprint: null, Subject: { Length: > 0 } subject }:
                return ($"the subject {SettingText.Quote(subject)}", certificate =>
                    certificate.Subject.Equals(subject, StringComparison.OrdinalIgnoreCase)
                    || certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false).Equals(subject, StringComparison.OrdinalIgnoreCase));
            default:
                throw NotFound("SigningKey:Certificate requires exactly one of Thumbprint and Subject.");
        }
    }

    private static X509Store Open(CertificateStoreOptions options, string place)
    {
        var store = new X509Store(options.StoreName, options.StoreLocation);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            return store;
        }
        catch (CryptographicException e)
        {
            store.Dispose();
            throw NotFound(
                $"There is no {place["the ".Length..]}, or it cannot be opened. " +
                "Correct SigningKey:Certificate, or give the user of the process permission to open the store.",
                SettingText.Show(options.StoreName) == options.StoreName ? e : null);
        }
    }

    private static JwtGrantException NotFound(string message, Exception? inner = null) =>
        JwtGrantException.Configuration("signing_key_not_found", message, inner);
}
