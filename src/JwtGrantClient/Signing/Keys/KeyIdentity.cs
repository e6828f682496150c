using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace JwtGrantClient.Signing;

/// <summary>The header parameters that identify a key to the server.</summary>
/// <param name="KeyId">The <c>kid</c>; null for none.</param>
/// <param name="Header">The header parameters of the certificate; null for none.</param>
/// <param name="Format">The format that the key was loaded from.</param>
/// <param name="Certificate">The certificate of the key; null if there is none.</param>
internal sealed record KeyIdentity(string? KeyId, IReadOnlyDictionary<string, object>? Header, string Format, X509Certificate2? Certificate)
{
    /// <summary>Creates the header parameters that the options select.</summary>
    /// <exception cref="JwtGrantException">The options require a certificate or a thumbprint that the key does not have.</exception>
    public static KeyIdentity Create(KeyDescription key, string place, SigningKeyOptions options) => new(
        options.KeyId ?? options.KeyIdFrom switch
        {
            KeyIdSource.JwkThumbprint => key.ComputeThumbprint(place),
            KeyIdSource.CertificateThumbprint => GetCertificate(key, place, "KeyIdFrom").Thumbprint,
            _ => key.KeyId,
        },
        CreateHeader(key, place, options),
        key.Format,
        key.Certificate)
    {
        Owner = key.Owner,
        Account = key.Account,
    };

    /// <summary>Gets the client that the key belongs to; null if its format does not say it.</summary>
    public string? Owner { get; init; }

    /// <summary>Gets what the format contains about the client beside the key; null if it contains nothing.</summary>
    public KeyFileAccount? Account { get; init; }

    private static Dictionary<string, object>? CreateHeader(KeyDescription key, string place, SigningKeyOptions options)
    {
        if (options is { X5t: false, X5tS256: false, X5c: false })
            return null;
        var certificate = GetCertificate(key, place, options.X5t ? "X5t" : options.X5tS256 ? "X5tS256" : "X5c");
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        // RFC 7515 sections 4.1.7 and 4.1.8: the hash of the DER in base64url, not in hexadecimal.
        if (options.X5t)
            header["x5t"] = Base64Url.EncodeToString(certificate.GetCertHash());
        if (options.X5tS256)
            header["x5t#S256"] = Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));
        if (options.X5c)
            header["x5c"] = CreateChain(certificate, key.OtherCertificates, place, options.X5cRoot);
        return header;
    }

    // RFC 7515 section 4.1.6: the certificate, then the issuer of each one, in base64. The other certificates are not sorted.
    private static string[] CreateChain(X509Certificate2 certificate, X509Certificate2Collection otherCertificates, string place, bool withRoot)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.ExtraStore.AddRange(otherCertificates);
        // The chain is only sorted. The server validates it, so nothing is verified or downloaded here.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllFlags;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.Build(certificate);
        var all = new List<X509ChainElement>(chain.ChainElements).ConvertAll(element => element.Certificate);
        var hasRoot = all[^1].SubjectName.RawData.AsSpan().SequenceEqual(all[^1].IssuerName.RawData);
        if (withRoot && !hasRoot)
            throw JwtGrantException.Configuration(
                "signing_key_without_certificate",
                $"SigningKey:X5cRoot requires the chain up to the root, but in {place} it ends with '{all[^1].Subject}', which '{all[^1].Issuer}' issued. Add the missing certificates.");
        // Without the setting the root is left out: a server that trusts it has it.
        if (hasRoot && !withRoot && all.Count > 1)
            all.RemoveAt(all.Count - 1);
        return [.. all.ConvertAll(element => Convert.ToBase64String(element.RawDataMemory.Span))];
    }

    private static X509Certificate2 GetCertificate(KeyDescription key, string place, string setting) =>
        key.Certificate ?? throw JwtGrantException.Configuration(
            "signing_key_without_certificate",
            $"SigningKey:{setting} requires a certificate, but in {place} there is only a key ({key.Format}). " +
            $"Add the certificate, or do not set {setting}.");
}
