using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Credentials;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>The certificates of CAs in one content of a file: PEM with one or more of them, or one in DER.</summary>
internal sealed class TrustedRoots
{
    // The certificates that a Linux distribution trusts are a file of about 220 KB.
    private const int MaximumBytes = 1024 * 1024;
    private const string PemBegin = "-----BEGIN ", PemCertificate = "-----BEGIN CERTIFICATE-----";

    private readonly X509Certificate2Collection _certificates;
    private readonly byte[] _fingerprint;

    private TrustedRoots(X509Certificate2Collection certificates, byte[] fingerprint, int version) =>
        (_certificates, _fingerprint, Version) = (certificates, fingerprint, version);

    /// <summary>Gets the number of the content: 1 for the first one, and one more for each that follows.</summary>
    public int Version { get; }

    /// <summary>Gets the number of certificates.</summary>
    public int Count => _certificates.Count;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="last">What was read before; returned if the content has not changed.</param>
    /// <exception cref="JwtGrantException">The file cannot be read, or contains no certificate of a CA.</exception>
    public static TrustedRoots Read(string path, TrustedRoots? last = null)
    {
        var content = CredentialFile.Read(
            path,
            problem => Problem(path, $"cannot be read: {problem.Reason}", "Correct the path or the permissions.", problem.Cause),
            MaximumBytes);
        var fingerprint = SHA256.HashData(content);
        if (last is not null && fingerprint.AsSpan().SequenceEqual(last._fingerprint))
            return last;
        return new(Parse(path, content), fingerprint, (last?.Version ?? 0) + 1);
    }

    /// <summary>
    /// Creates the rules for the certificate of a server: its chain must end at one of these certificates. The rest is as without these rules: the name of
    /// the host and the purpose of the certificate are checked, and revocation is not.
    /// </summary>
    public X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_certificates);
        return policy;
    }

    private static X509Certificate2Collection Parse(string path, byte[] content)
    {
        if (content.Length == 0)
            throw Problem(path, "is empty", "Write the certificate of the CA to it.");
        X509Certificate2Collection certificates;
        try
        {
            var text = CredentialFile.Decode(content);
            certificates = text.Contains(PemBegin, StringComparison.Ordinal) ? ParsePem(path, text) : [X509CertificateLoader.LoadCertificate(content)];
        }
        catch (CryptographicException e)
        {
            throw Problem(path, $"contains no certificate that can be read, but {Describe(content)}", "Export the certificate of the CA as PEM.", e);
        }
        // .NET accepts only a certificate that is its own issuer as the end of a chain.
        return new List<X509Certificate2>(certificates).Exists(IsRoot) ? certificates : throw Problem(
            path,
            $"has no root certificate, which is its own issuer. The issuer of '{certificates[0].Subject}' is '{certificates[0].Issuer}'",
            "Add the certificate of the root CA; the intermediate ones may stay.");
    }

    private static X509Certificate2Collection ParsePem(string path, string text)
    {
        var expected = text.AsSpan().Count(PemCertificate);
        if (expected == 0)
            throw Problem(
                path,
                text.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? "has a private key and no certificate" : "is PEM, but has no certificate",
                "Only the certificate of the CA is needed, which begins with -----BEGIN CERTIFICATE-----.");
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(text);
        // A block whose end is missing is skipped: the file is damaged, or only half written.
        return certificates.Count == expected ? certificates : throw Problem(
            path,
            $"has {expected} certificates, of which {expected - certificates.Count} cannot be read",
            "Copy the file again; it is damaged.");
    }

    private static bool IsRoot(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string Describe(byte[] content)
    {
        try
        {
            return X509Certificate2.GetCertContentType(content) switch
            {
                X509ContentType.Pkcs12 => "PKCS#12",
                X509ContentType.Pkcs7 => "PKCS#7",
                X509ContentType.Cert => "a damaged one",
                _ => "something else",
            };
        }
        catch (CryptographicException)
        {
            return "something else";
        }
    }

    private static JwtGrantException Problem(string path, string seen, string remedy, Exception? inner = null) => JwtGrantException.Configuration(
        "trusted_certificates_unusable",
        $"TrustedCertificates: the file {SettingText.QuotePath(path)} {seen}. Expected certificates of CAs, as PEM or DER. {remedy}",
        inner);
}
