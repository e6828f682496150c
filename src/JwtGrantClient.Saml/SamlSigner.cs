using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace JwtGrantClient.Saml;

/// <summary>
/// Signs an assertion as SAML Core section 5.4 wants it: enveloped, right after the Issuer, exclusive canonicalisation, RSA with SHA-256.
/// </summary>
internal sealed class SamlSigner
{
    private const int MinimumBits = 2048;

    private readonly X509Certificate2 _certificate;
    private readonly string _subject;
    private readonly bool _includesCertificate;

    /// <exception cref="JwtGrantException">The certificate has no RSA private key, or one that is too small.</exception>
    public SamlSigner(X509Certificate2 certificate, bool includesCertificate)
    {
        using (var key = PrivateKeyOf(certificate))
            if (key.KeySize < MinimumBits)
                throw JwtGrantException.Configuration(
                    "signing_key_too_small",
                    $"The RSA key of the certificate '{certificate.Subject}' has {key.KeySize} bits; a SAML assertion is signed with at " +
                    $"least {MinimumBits}. " +
                    "Make a new key and certificate, and register it at the server.");
        (_certificate, _subject, _includesCertificate) = (certificate, certificate.Subject, includesCertificate);
    }

    public string Sign(string assertion, string id)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(assertion);
        var root = document.DocumentElement!;
        root.InsertAfter(document.ImportNode(SignatureOf(document, id), deep: true), root.FirstChild);
        return document.OuterXml;
    }

    private XmlElement SignatureOf(XmlDocument document, string id)
    {
        try
        {
            // A key of its own for each signature, so that the certificate's owner may do with it what he likes.
            using var key = PrivateKeyOf(_certificate);
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
                $"The key of the certificate '{_subject}' did not sign. The inner exception says why; check the right to use the key.", e);
        }
    }

    private static RSA PrivateKeyOf(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
            throw JwtGrantException.Configuration(
                "signing_key_unusable",
                $"The certificate '{certificate.Subject}' is without its private key; a SAML assertion is signed with it. Load it again " +
                "together with the key.");
        return certificate.GetRSAPrivateKey() ?? throw JwtGrantException.Configuration(
            "signing_key_does_not_fit",
            $"The certificate '{certificate.Subject}' has a key of the kind {certificate.GetKeyAlgorithm()}; a SAML assertion is signed " +
            "with an RSA key here. " +
            "Use a certificate with an RSA key.");
    }
}
