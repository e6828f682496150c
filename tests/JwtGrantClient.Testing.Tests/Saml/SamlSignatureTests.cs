using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>X04, X05 and X06: one signature, over the assertion, by an algorithm and a key that are good enough.</summary>
public sealed class SamlSignatureTests
{
    private const string More = "http://www.w3.org/2001/04/xmldsig-more#";

    private static readonly Dictionary<string, (string Rule, Action<SamlAssertionBuilder> Bend)> Bad = new()
    {
        ["the whole document by an empty URI"] = ("X04", saml => saml.Signing((_, reference) => reference.Uri = "")),
        ["another element by its ID"] = ("X04", saml => saml.With("<saml:Subject>", "<saml:Subject Id=\"s\">").Signing((_, reference) => reference.Uri = "#s")),
        ["two references"] = ("X04", saml => saml.Signing((signed, reference) => signed.AddReference(Another(reference.Uri!)))),
        ["a third transform"] = ("X04", saml => saml.Signing((_, reference) => reference.AddTransform(new XmlDsigC14NTransform()))),
        ["canonicalisation with comments"] = ("X04", saml => saml.Signing((signed, _) => signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NWithCommentsTransformUrl)),
        ["inclusive canonicalisation"] = ("X04", saml => saml.Signing((signed, _) => signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigC14NTransformUrl)),
        ["an XPath transform"] = ("X04", saml => saml.Signing((_, reference) => reference.TransformChain = Chain(new XmlDsigEnvelopedSignatureTransform(), XPath()))),
        ["no enveloped transform"] = ("X04", saml => saml.Signing((_, reference) => reference.TransformChain = Chain(new XmlDsigExcC14NTransform()))),
        ["the transforms in reverse order"] = ("X04", saml => saml.Signing((_, reference) => reference.TransformChain = Chain(new XmlDsigExcC14NTransform(), new XmlDsigEnvelopedSignatureTransform()))),
        ["an Object in the signature"] = ("X04", saml => saml.Signing((signed, _) => signed.AddObject(new("o", "", "", SamlAssertionBuilder.Parse("<o/>").DocumentElement!)))),
        ["a second signature"] = ("X04", saml => saml.With("</saml:AuthnContext>", $"<Signature xmlns=\"{SamlAssertionBuilder.Signature}\"/></saml:AuthnContext>")),
        ["the ID a second time"] = ("X04", saml => saml.With("<saml:Subject>", $"<saml:Subject id=\"{saml.Id}\">")),
        ["RSA with SHA-1"] = ("X05", saml => saml.Signing((signed, _) => signed.SignedInfo!.SignatureMethod = SignedXml.XmlDsigRSASHA1Url)),
        ["a digest by SHA-1"] = ("X05", saml => saml.Signing((_, reference) => reference.DigestMethod = SignedXml.XmlDsigSHA1Url)),
        ["an HMAC"] = ("X05", saml => saml.After(SignedXml.XmlDsigRSASHA256Url, More + "hmac-sha256")),
        ["a method for another kind of key"] = ("X05", saml => saml.After(SignedXml.XmlDsigRSASHA256Url, More + "ecdsa-sha256")),
        ["a method that is not the key's"] = ("X06", saml => saml.After(SignedXml.XmlDsigRSASHA256Url, More + "rsa-sha384")),
        ["another key"] = ("X06", saml => saml.SignedBy(TestData.OtherRsaKey)),
        ["another key, whose certificate it brings"] = ("X06", saml => saml.SignedBy(TestData.OtherRsaKey).Signing((signed, _) => signed.KeyInfo.AddClause(new KeyInfoX509Data(Foreign())))),
        ["another key, which it brings"] = ("X06", saml => saml.SignedBy(TestData.OtherRsaKey).Signing((signed, _) => signed.KeyInfo.AddClause(new RSAKeyValue(TestData.OtherRsaKey)))),
        ["a name changed"] = ("X06", saml => saml.After(">user-1<", ">admin<")),
        ["an attribute changed"] = ("X06", saml => saml.After($"Recipient=\"{TestData.TokenEndpoint}\"", "Recipient=\"https://as.example.com/token2\"")),
        ["a space more"] = ("X06", saml => saml.After("</saml:Subject>", " </saml:Subject>")),
        ["a namespace changed"] = ("X06", saml => saml.After("<saml:AuthnContextClassRef>", "<saml:AuthnContextClassRef xmlns=\"urn:x\" xml:lang=\"en\">")),
        ["a signature value that is no base64"] = ("X06", saml => saml.After("<SignatureValue>", "<SignatureValue>!")),
        ["an empty signature value"] = ("X06", saml => saml.After("<SignatureValue>", "<SignatureValue/><KeyInfo><a>").After("</SignatureValue>", "</a></KeyInfo>")),
    };

    public static TheoryData<string> TestRows => TestSupport.TestRows.Of(Bad.Keys);

    [Theory, MemberData(nameof(TestRows))]
    public async Task A_bad_signature_is_refused(string row)
    {
        var saml = new SamlAssertionBuilder();
        Bad[row].Bend(saml);

        (await SamlServer.PresentAsync(saml)).ShouldBeRefused(Bad[row].Rule);
    }

    [Fact]
    public async Task An_assertion_without_a_signature_is_refused() =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(new SamlAssertionBuilder().Unsigned()))).ShouldBeRefused("X04").Saying("not signed");

    [Theory]
    [InlineData(More + "rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha512")]
    [InlineData(More + "rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384")]
    [InlineData(More + "rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha256")]
    public async Task Stronger_algorithms_are_accepted(string method, string digest) =>
        (await SamlServer.PresentAsync(new SamlAssertionBuilder().Signing((signed, reference) =>
            (signed.SignedInfo!.SignatureMethod, reference.DigestMethod) = (method, digest)))).ShouldBeGranted();

    [Fact]
    public async Task A_weak_key_is_refused_and_says_so() =>
        (await SamlServer.Start(Trusting(TestData.WeakRsaKey)).PresentAsync(new SamlAssertionBuilder().SignedBy(TestData.WeakRsaKey))).ShouldBeRefused("X05").Saying("1024 bits");

    [Fact]
    public async Task The_certificate_may_be_in_the_assertion_and_prefixes_may_be_inclusive() =>
        (await SamlServer.PresentAsync(new SamlAssertionBuilder()
            .With("<saml:Subject>", "<saml:Subject xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">")
            .Signing((signed, reference) =>
            {
                signed.KeyInfo.AddClause(new KeyInfoX509Data(SamlAssertionBuilder.Certificate));
                ((XmlDsigExcC14NTransform)reference.TransformChain[1]).InclusiveNamespacesPrefixList = "xs saml";
            }))).ShouldBeGranted();

    [Fact]
    public async Task A_bare_public_key_serves_as_well_as_a_certificate()
    {
        (await SamlServer.Start(Trusting(TestData.RsaKey)).PresentAsync(new SamlAssertionBuilder())).ShouldBeGranted();
        (await SamlServer.Start(Trusting(TestData.OtherRsaKey)).PresentAsync(new SamlAssertionBuilder())).ShouldBeRefused("X06");
    }

    [Fact]
    public void A_certificate_that_is_none_is_refused_when_it_is_registered() =>
        Assert.Contains("idp", Assert.Throws<ArgumentException>(() => SamlServer.Start(new() { Issuer = "idp", CertificatePem = "x" })).Message, StringComparison.Ordinal);

    private static TrustedSamlIssuer Trusting(RSA key) => new() { Issuer = SamlAssertionBuilder.Issuer, CertificatePem = key.ExportSubjectPublicKeyInfoPem() };

    private static X509Certificate2 Foreign() => new CertificateRequest("CN=idp", TestData.OtherRsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(TestData.Moment.AddDays(-1), TestData.Moment.AddDays(1));

    private static Reference Another(string uri)
    {
        var reference = new Reference(uri) { DigestMethod = SignedXml.XmlDsigSHA256Url };
        reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
        return reference;
    }

    private static XmlDsigXPathTransform XPath()
    {
        var transform = new XmlDsigXPathTransform();
        transform.LoadInnerXml(SamlAssertionBuilder.Parse($"<a xmlns=\"{SamlAssertionBuilder.Signature}\"><XPath>true()</XPath></a>").DocumentElement!.ChildNodes);
        return transform;
    }

    private static TransformChain Chain(params Transform[] transforms)
    {
        var chain = new TransformChain();
        foreach (var transform in transforms)
            chain.Add(transform);
        return chain;
    }
}
