using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>
/// Builds SAML 2.0 bearer assertions. An assertion is valid until a test changes its text before signing, its signature, or its text after
/// signing. The builder signs with <see cref="SignedXml"/> of .NET, which the server does not use.
/// </summary>
internal sealed class SamlAssertionBuilder
{
    public const string Issuer = "https://idp.example.com", Subject = "user-1", GrantType = "urn:ietf:params:oauth:grant-type:saml2-bearer";
    public const string SamlNamespace = "urn:oasis:names:tc:SAML:2.0:assertion", SignatureNamespace = "http://www.w3.org/2000/09/xmldsig#";

    private readonly List<Action<SignedXml, Reference>> _signatureChanges = [];
    private readonly List<(string Old, string New)> _changesAfterSigning = [];
    private string _xml;
    private AsymmetricAlgorithm _key = TestData.RsaKey;

    public SamlAssertionBuilder()
    {
        Id = $"_{JwtBuilder.NewId()}";
        var (now, end) = (Timestamp(0), Timestamp(120));
        _xml = $"""
            <saml:Assertion xmlns:saml="{SamlNamespace}" ID="{Id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{Issuer}</saml:Issuer>
            <saml:Subject><saml:NameID>{Subject}</saml:NameID>
            <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
            <saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{TestData.TokenEndpoint}"/></saml:SubjectConfirmation></saml:Subject>
            <saml:Conditions NotOnOrAfter="{end}"><saml:AudienceRestriction><saml:Audience>{TestData.Issuer}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
            <saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>
            <saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>
            </saml:AuthnContext></saml:AuthnStatement></saml:Assertion>
            """.ReplaceLineEndings("\n");
    }

    public string Id { get; }

    public static X509Certificate2 Certificate { get; } = new CertificateRequest("CN=idp", TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(TestData.StartTime.AddYears(-2), TestData.StartTime.AddYears(-1));

    public static TrustedSamlIssuer TrustedIssuer { get; } = new() { Issuer = Issuer, CertificatePem = Certificate.ExportCertificatePem() };

    public static string Timestamp(double secondsFromNow) =>
        TestData.StartTime.AddSeconds(secondsFromNow).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Replaces all occurrences of a text before signing. The test fails if there is none.</summary>
    public SamlAssertionBuilder Replace(string oldText, string newText)
    {
        _xml = ReplaceAll(_xml, oldText, newText);
        return this;
    }

    /// <summary>Replaces all occurrences of a text after signing. The test fails if there is none.</summary>
    public SamlAssertionBuilder ReplaceAfterSigning(string oldText, string newText)
    {
        _changesAfterSigning.Add((oldText, newText));
        return this;
    }

    /// <summary>Changes the signature before it is computed.</summary>
    public SamlAssertionBuilder ConfigureSignature(Action<SignedXml, Reference> change)
    {
        _signatureChanges.Add(change);
        return this;
    }

    public SamlAssertionBuilder SignedBy(AsymmetricAlgorithm key)
    {
        _key = key;
        return this;
    }

    /// <summary>Returns the XML of the signed assertion.</summary>
    public string ToXml()
    {
        var document = Parse(_xml);
        var signed = new SignedXml(document) { SigningKey = _key };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        var reference = new Reference($"#{Id}") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        foreach (var change in _signatureChanges)
            change(signed, reference);
        signed.ComputeSignature();
        document.DocumentElement!.InsertAfter(document.ImportNode(signed.GetXml(), true), document.DocumentElement.FirstChild);
        return _changesAfterSigning.Aggregate(document.OuterXml, (xml, change) => ReplaceAll(xml, change.Old, change.New));
    }

    /// <summary>Returns the XML of the assertion before it is signed.</summary>
    public string ToUnsignedXml() => _xml;

    /// <summary>Returns the signed assertion in base64url, as the grant requires (RFC 7522 section 2.1).</summary>
    public string Encoded() => Encode(ToXml());

    public static string Encode(string xml) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(xml));

    public static XmlDocument Parse(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document;
    }

    private static string ReplaceAll(string text, string oldText, string newText)
    {
        Assert.Contains(oldText, text, StringComparison.Ordinal);
        return text.Replace(oldText, newText, StringComparison.Ordinal);
    }
}
