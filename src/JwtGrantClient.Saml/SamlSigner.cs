using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Saml;

/// <summary>
/// Signs assertions as SAML Core section 5.4 requires: an enveloped signature directly after the Issuer, with exclusive canonicalization, RSA
/// and SHA-256.
/// </summary>
internal sealed class SamlSigner
{
    private const int MinimumBits = 2048;

    private readonly X509Certificate2 _certificate;
    private readonly string _subject;
    private readonly bool _includesCertificate;

    /// <exception cref="JwtGrantException">The certificate has no RSA private key, or the key is too small.</exception>
    public SamlSigner(X509Certificate2 certificate, bool includesCertificate)
    {
        using (var key = GetPrivateKey(certificate))
        {
            if (key.KeySize < MinimumBits)
                throw JwtGrantException.Configuration(
                    "signing_key_too_small",
                    $"The RSA key of the certificate '{certificate.Subject}' has {key.KeySize} bits; expected at least {MinimumBits} to sign a SAML assertion. Create a new key and certificate, and register the certificate at the server.");
        }
        if (RocaFingerprint.IsPresent(certificate))
            throw JwtGrantException.Configuration("signing_key_unusable", $"The RSA key of the certificate '{certificate.Subject}' {RocaFingerprint.Problem}");
        (_certificate, _subject, _includesCertificate) = (certificate, certificate.Subject, includesCertificate);
    }

    public string Sign(string assertion, string id)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(assertion);
        var root = document.DocumentElement!;
        root.InsertAfter(document.ImportNode(CreateSignature(document, id), deep: true), root.FirstChild);
        return document.OuterXml;
    }

    private XmlElement CreateSignature(XmlDocument document, string id)
    {
        try
        {
            // A separate key object for each signature: the application owns the certificate and may dispose its key objects.
            using var key = GetPrivateKey(_certificate);
            var signed = new SignedXml(document) { SigningKey = key };
            signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
            signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
            var reference = new Reference($"#{id}") { DigestMethod = SignedXml.XmlDsigSHA256Url };
            reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
            if (_includesCertificate)
                signed.KeyInfo.AddClause(new KeyInfoX509Data(_certificate));
            signed.ComputeSignature();
            return signed.GetXml();
        }
        catch (CryptographicException e)
        {
            throw new JwtGrantException(
                JwtGrantErrorKind.Signing, "signing_failed",
                $"Signing with the key of the certificate '{_subject}' failed. See the inner exception for the reason, and check the permission to use the key.", e);
        }
    }

    private static RSA GetPrivateKey(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
            throw JwtGrantException.Configuration(
                "signing_key_unusable",
                $"The certificate '{certificate.Subject}' has no private key, which is required to sign a SAML assertion. Load the certificate together with its private key.");
        return certificate.GetRSAPrivateKey() ?? throw JwtGrantException.Configuration(
            "signing_key_does_not_fit",
            $"The certificate '{certificate.Subject}' has a key with the algorithm {certificate.GetKeyAlgorithm()}; expected an RSA key to sign a SAML assertion. Use a certificate with an RSA key.");
    }
}
