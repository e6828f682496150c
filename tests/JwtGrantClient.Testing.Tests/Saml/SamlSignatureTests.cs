using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>The validation of the signature (RFC 7522 section 3): one signature of the assertion by a strong algorithm and a trusted key.</summary>
public sealed class SamlSignatureTests
{
    private const string More = "http://www.w3.org/2001/04/xmldsig-more#";

    private static readonly Dictionary<string, (string Rule, Action<SamlAssertionBuilder> Change)> Invalid = new()
    {
        ["an empty reference URI"] = ("X04", assertion => assertion.ConfigureSignature((_, reference) => reference.Uri = "")),
        ["a reference to another element"] = ("X04", assertion => assertion.Replace("<saml:Subject>", "<saml:Subject Id=\"s\">").ConfigureSignature((_, reference) => reference.Uri = "#s")),
        ["two references"] = ("X04", assertion => assertion.ConfigureSignature((signed, reference) => signed.AddReference(CreateReference(reference.Uri!)))),
        ["a third transform"] = ("X04", assertion => assertion.ConfigureSignature((_, reference) => reference.AddTransform(new XmlDsigC14NTransform()))),
        ["canonicalization with comments"] = ("X04", assertion => assertion.ConfigureSignature((signed, _) => signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NWithCommentsTransformUrl)),
        ["inclusive canonicalization"] = ("X04", assertion => assertion.ConfigureSignature((signed, _) => signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigC14NTransformUrl)),
        ["an XPath transform"] = ("X04", assertion => assertion.ConfigureSignature((_, reference) => reference.TransformChain = CreateChain(new XmlDsigEnvelopedSignatureTransform(), CreateXPathTransform()))),
        ["no enveloped transform"] = ("X04", assertion => assertion.ConfigureSignature((_, reference) => reference.TransformChain = CreateChain(new XmlDsigExcC14NTransform()))),
        ["the transforms in reverse order"] = ("X04", assertion => assertion.ConfigureSignature((_, reference) => reference.TransformChain = CreateChain(new XmlDsigExcC14NTransform(), new XmlDsigEnvelopedSignatureTransform()))),
        ["an Object in the signature"] = ("X04", assertion => assertion.ConfigureSignature((signed, _) => signed.AddObject(new("o", "", "", SamlAssertionBuilder.Parse("<o/>").DocumentElement!)))),
        ["a second signature"] = ("X04", assertion => assertion.Replace("</saml:AuthnContext>", $"<Signature xmlns=\"{SamlAssertionBuilder.SignatureNamespace}\"/></saml:AuthnContext>")),
        ["the ID twice"] = ("X04", assertion => assertion.Replace("<saml:Subject>", $"<saml:Subject id=\"{assertion.Id}\">")),
        ["RSA with SHA-1"] = ("X05", assertion => assertion.ConfigureSignature((signed, _) => signed.SignedInfo!.SignatureMethod = SignedXml.XmlDsigRSASHA1Url)),
        ["a SHA-1 digest"] = ("X05", assertion => assertion.ConfigureSignature((_, reference) => reference.DigestMethod = SignedXml.XmlDsigSHA1Url)),
        ["an HMAC"] = ("X05", assertion => assertion.ReplaceAfterSigning(SignedXml.XmlDsigRSASHA256Url, More + "hmac-sha256")),
        ["a signature method for another key type"] = ("X05", assertion => assertion.ReplaceAfterSigning(SignedXml.XmlDsigRSASHA256Url, More + "ecdsa-sha256")),
        ["a signature method that was not used"] = ("X06", assertion => assertion.ReplaceAfterSigning(SignedXml.XmlDsigRSASHA256Url, More + "rsa-sha384")),
        ["another key"] = ("X06", assertion => assertion.SignedBy(TestData.OtherRsaKey)),
        ["another key with its certificate in the assertion"] = ("X06", assertion => assertion.SignedBy(TestData.OtherRsaKey).ConfigureSignature((signed, _) => signed.KeyInfo.AddClause(new KeyInfoX509Data(CreateOtherCertificate())))),
        ["another key in the assertion"] = ("X06", assertion => assertion.SignedBy(TestData.OtherRsaKey).ConfigureSignature((signed, _) => signed.KeyInfo.AddClause(new RSAKeyValue(TestData.OtherRsaKey)))),
        ["a changed name"] = ("X06", assertion => assertion.ReplaceAfterSigning(">user-1<", ">admin<")),
        ["a changed attribute"] = ("X06", assertion => assertion.ReplaceAfterSigning($"Recipient=\"{TestData.TokenEndpoint}\"", "Recipient=\"https://as.example.com/token2\"")),
        ["an added space"] = ("X06", assertion => assertion.ReplaceAfterSigning("</saml:Subject>", " </saml:Subject>")),
        ["a changed namespace"] = ("X06", assertion => assertion.ReplaceAfterSigning("<saml:AuthnContextClassRef>", "<saml:AuthnContextClassRef xmlns=\"urn:x\" xml:lang=\"en\">")),
        ["a signature value that is not base64"] = ("X06", assertion => assertion.ReplaceAfterSigning("<SignatureValue>", "<SignatureValue>!")),
        ["an empty signature value"] = ("X06", assertion => assertion.ReplaceAfterSigning("<SignatureValue>", "<SignatureValue/><KeyInfo><a>").ReplaceAfterSigning("</SignatureValue>", "</a></KeyInfo>")),
    };

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task A_SAML_assertion_with_an_invalid_signature_is_refused(string testCase)
    {
        var assertion = new SamlAssertionBuilder();
        Invalid[testCase].Change(assertion);

        (await SamlServer.PresentAsync(assertion)).ShouldBeRefused(Invalid[testCase].Rule);
    }

    [Fact]
    public async Task A_SAML_assertion_without_a_signature_is_refused() =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(new SamlAssertionBuilder().ToUnsignedXml()))).ShouldBeRefused("X04").WithExplanation("not signed");

    [Theory]
    [InlineData(More + "rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha512")]
    [InlineData(More + "rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384")]
    [InlineData(More + "rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha256")]
    public async Task Stronger_signature_and_digest_algorithms_are_accepted(string method, string digest) =>
        (await SamlServer.PresentAsync(new SamlAssertionBuilder().ConfigureSignature((signed, reference) =>
            (signed.SignedInfo!.SignatureMethod, reference.DigestMethod) = (method, digest)))).ShouldBeGranted();

    [Fact]
    public async Task A_signature_by_a_1024_bit_RSA_key_is_refused() =>
        (await SamlServer.Start(IssuerWithKey(TestData.WeakRsaKey)).PresentAsync(new SamlAssertionBuilder().SignedBy(TestData.WeakRsaKey))).ShouldBeRefused("X05").WithExplanation("1024 bits");

    [Fact]
    public async Task An_embedded_certificate_and_inclusive_namespace_prefixes_are_accepted() =>
        (await SamlServer.PresentAsync(new SamlAssertionBuilder()
            .Replace("<saml:Subject>", "<saml:Subject xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">")
            .ConfigureSignature((signed, reference) =>
            {
                signed.KeyInfo.AddClause(new KeyInfoX509Data(SamlAssertionBuilder.Certificate));
                ((XmlDsigExcC14NTransform)reference.TransformChain[1]).InclusiveNamespacesPrefixList = "xs saml";
            }))).ShouldBeGranted();

    [Fact]
    public async Task A_bare_public_key_can_be_registered_instead_of_a_certificate()
    {
        (await SamlServer.Start(IssuerWithKey(TestData.RsaKey)).PresentAsync(new SamlAssertionBuilder())).ShouldBeGranted();
        (await SamlServer.Start(IssuerWithKey(TestData.OtherRsaKey)).PresentAsync(new SamlAssertionBuilder())).ShouldBeRefused("X06");
    }

    [Fact]
    public void An_unreadable_certificate_is_refused_at_registration() =>
        Assert.Contains("idp", Assert.Throws<ArgumentException>(() => SamlServer.Start(new() { Issuer = "idp", CertificatePem = "x" })).Message, StringComparison.Ordinal);

    private static TrustedSamlIssuer IssuerWithKey(RSA key) => new() { Issuer = SamlAssertionBuilder.Issuer, CertificatePem = key.ExportSubjectPublicKeyInfoPem() };

    private static X509Certificate2 CreateOtherCertificate() => new CertificateRequest("CN=idp", TestData.OtherRsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(TestData.StartTime.AddDays(-1), TestData.StartTime.AddDays(1));

    private static Reference CreateReference(string uri)
    {
        var reference = new Reference(uri) { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        return reference;
    }

    private static XmlDsigXPathTransform CreateXPathTransform()
    {
        var transform = new XmlDsigXPathTransform();
        transform.LoadInnerXml(SamlAssertionBuilder.Parse($"<a xmlns=\"{SamlAssertionBuilder.SignatureNamespace}\"><XPath>true()</XPath></a>").DocumentElement!.ChildNodes);
        return transform;
    }

    private static TransformChain CreateChain(params Transform[] transforms)
    {
        var chain = new TransformChain();
        foreach (var transform in transforms)
            chain.Add(transform);
        return chain;
    }
}
