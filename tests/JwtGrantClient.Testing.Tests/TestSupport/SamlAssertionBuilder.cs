using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>
/// A SAML 2.0 bearer assertion, good until a test bends it: its text before it is signed, how it is signed, or its text thereafter. Signed by
/// the platform's SignedXml, which the judge does not use.
/// </summary>
internal sealed class SamlAssertionBuilder
{
    public const string Issuer = "https://idp.example.com", Subject = "user-1", Grant = "urn:ietf:params:oauth:grant-type:saml2-bearer";
    public const string Saml = "urn:oasis:names:tc:SAML:2.0:assertion", Signature = "http://www.w3.org/2000/09/xmldsig#";

    private readonly List<Action<SignedXml, Reference>> _signing = [];
    private readonly List<(string Old, string New)> _after = [];
    private string _text;
    private AsymmetricAlgorithm _key = TestData.RsaKey;

    public SamlAssertionBuilder()
    {
        Id = $"_{JwtBuilder.NewId()}";
        var (now, end) = (Time(0), Time(120));
        _text = $"""
            <saml:Assertion xmlns:saml="{Saml}" ID="{Id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{Issuer}</saml:Issuer>
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
        .CreateSelfSigned(TestData.Moment.AddYears(-2), TestData.Moment.AddYears(-1));

    public static TrustedSamlIssuer Trusted { get; } = new() { Issuer = Issuer, CertificatePem = Certificate.ExportCertificatePem() };

    public static string Time(double secondsFromNow) =>
        TestData.Moment.AddSeconds(secondsFromNow).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Changes the text before it is signed, wherever the old text stands; it must stand somewhere.</summary>
    public SamlAssertionBuilder With(string old, string changed)
    {
        _text = Replaced(_text, old, changed);
        return this;
    }

    /// <summary>Changes the text after it was signed.</summary>
    public SamlAssertionBuilder After(string old, string changed)
    {
        _after.Add((old, changed));
        return this;
    }

    public SamlAssertionBuilder Signing(Action<SignedXml, Reference> change)
    {
        _signing.Add(change);
        return this;
    }

    public SamlAssertionBuilder SignedBy(AsymmetricAlgorithm key)
    {
        _key = key;
        return this;
    }

    /// <summary>The signed document as text.</summary>
    public string Text()
    {
        var document = Parse(_text);
        var signed = new SignedXml(document) { SigningKey = _key };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        var reference = new Reference($"#{Id}") { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        reference.AddTransform(new XmlDsigExcC14NTransform());
        signed.AddReference(reference);
        foreach (var change in _signing)
            change(signed, reference);
        signed.ComputeSignature();
        document.DocumentElement!.InsertAfter(document.ImportNode(signed.GetXml(), true), document.DocumentElement.FirstChild);
        return _after.Aggregate(document.OuterXml, (text, change) => Replaced(text, change.Old, change.New));
    }

    /// <summary>The text before it is signed.</summary>
    public string Unsigned() => _text;

    public string Encoded() => Encode(Text());

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static XmlDocument Parse(string text)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(text);
        return document;
    }

    private static string Replaced(string text, string old, string changed)
    {
        Assert.Contains(old, text, StringComparison.Ordinal);
        return text.Replace(old, changed, StringComparison.Ordinal);
    }
}
