using System.Security.Cryptography.Xml;
using System.Text.RegularExpressions;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>
/// The eight signature wrapping attacks of Somorovsky et al., "On Breaking SAML" (2012), adapted to a bare assertion. A valid signature seems to
/// cover content that it does not cover. Also: text that two XML readers interpret differently.
/// </summary>
public sealed partial class SamlSignatureWrappingTests
{
    private static readonly string Signed = new SamlAssertionBuilder().ToXml();
    private static readonly string Signature = SignatureElement().Match(Signed).Value;
    private static readonly string Original = Signed.Replace(Signature, "", StringComparison.Ordinal);

    /// <summary>The forged assertion: it has another subject and another ID, and is not signed.</summary>
    private static readonly string Forged = IdAttribute().Replace(
        Original.Replace(">user-1<", ">admin<", StringComparison.Ordinal), "ID=\"_forged\"", 1);

    private static readonly Dictionary<string, string> Documents = new()
    {
        ["XSW1: the original inside the signature of a Response"] = Response(Forged + AppendTo(Signature, KeyInfo(Original))),
        ["XSW2: the original beside its signature in a Response"] = Response(Original + Signature + Forged),
        ["XSW3: the forged assertion before the original"] = Response(Forged + Signed),
        ["XSW4: the original inside the forged assertion"] = AppendTo(Forged, Signed),
        ["XSW5: the signature in the forged assertion, followed by the original"] = AppendTo(InsertAfterIssuer(Forged, Signature), Original),
        ["XSW6: the original inside the signature of the forged assertion"] = InsertAfterIssuer(Forged, AppendTo(Signature, KeyInfo(Original))),
        ["XSW7: the original in an extensible element of the forged assertion"] = Forged.Replace("<saml:AuthnStatement", $"<saml:Advice>{Signed}</saml:Advice><saml:AuthnStatement", StringComparison.Ordinal),
        ["XSW8: the original in an Object of the signature of the forged assertion"] = InsertAfterIssuer(Forged, AppendTo(Signature, $"<Object xmlns=\"{SamlAssertionBuilder.SignatureNamespace}\">{Original}</Object>")),
    };

    public static TheoryData<string> ForgedDocuments => TestRows.From(Documents.Keys);

    public static TheoryData<string> ForgedDocumentsWithoutResponse => TestRows.From(Documents.Keys.Skip(3));

    [Theory, MemberData(nameof(ForgedDocuments))]
    public async Task A_signature_wrapping_attack_is_refused(string testCase) =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(Documents[testCase]))).ShouldBeRefused("X02");

    /// <summary>Proves that each document contains a valid signature. Otherwise the server could refuse it only because it has no valid signature.</summary>
    [Theory, MemberData(nameof(ForgedDocuments))]
    public void A_verifier_that_trusts_any_signed_element_accepts_the_forged_document(string testCase)
    {
        var document = SamlAssertionBuilder.Parse(Documents[testCase]);
        var signed = new SignedXml(document);
        signed.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SamlAssertionBuilder.SignatureNamespace)[0]!);

        Assert.True(signed.CheckSignature(TestData.RsaKey));
        Assert.Equal("admin", document.SelectSingleNode("//*[@ID='_forged']/*[local-name()='Subject']/*[local-name()='NameID']")!.InnerText);
    }

    [Theory, MemberData(nameof(ForgedDocumentsWithoutResponse))]
    public void The_signature_check_alone_refuses_the_forged_document(string testCase)
    {
        foreach (var id in new[] { "_forged", IdAttribute().Match(Original).Groups["id"].Value })
        {
            var root = SamlAssertionBuilder.Parse(Documents[testCase].Replace("_forged", id, StringComparison.Ordinal)).DocumentElement!;

            Assert.StartsWith("X0", Assert.Throws<RefusedException>(() => XmlSignature.Verify(root, CreateIssuer())).Refusal.Rule, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_forged_assertion_with_the_signature_of_the_original_is_refused_with_either_ID()
    {
        var id = IdAttribute().Match(Original).Groups["id"].Value;

        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(InsertAfterIssuer(Forged.Replace("_forged", id, StringComparison.Ordinal), Signature))))
            .ShouldBeRefused("X06");
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(InsertAfterIssuer(Forged, Signature)))).ShouldBeRefused("X04");
    }

    [Theory]
    [InlineData("admin<!-- -->.evil.example"), InlineData("<!-- -->admin.evil.example"), InlineData("<![CDATA[admin]]>.evil.example")]
    public async Task A_name_with_a_comment_inside_is_read_completely(string splitName)
    {
        var assertion = new SamlAssertionBuilder().Replace(">user-1<", ">admin.evil.example<").ReplaceAfterSigning(">admin.evil.example<", $">{splitName}<");

        Assert.Equal("admin.evil.example", (await SamlServer.PresentAsync(assertion)).Subject());
    }

    [Fact]
    public async Task A_name_with_a_processing_instruction_inside_is_refused() => (await SamlServer.PresentAsync(
        new SamlAssertionBuilder().Replace(">user-1<", ">admin.evil.example<").ReplaceAfterSigning(">admin.evil.example<", ">admin<?x?>.evil.example<"))).ShouldBeRefused("X06");

    [Fact]
    public async Task A_digest_with_a_comment_inside_is_read_completely()
    {
        var otherDigest = DigestElement().Match(new SamlAssertionBuilder().ToXml()).Groups["digest"].Value;
        var forged = DigestElement().Replace(Signed.Replace(">user-1<", ">admin<", StringComparison.Ordinal), $"<DigestValue>{otherDigest}<!--${{digest}}--></DigestValue>");

        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(forged))).ShouldBeRefused("X06").WithExplanation("does not verify");
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(DigestElement().Replace(Signed, "<DigestValue><!-- -->${digest}</DigestValue>")))).ShouldBeGranted();
    }

    private static AssertionIssuer CreateIssuer() => new(SamlAssertionBuilder.Issuer, null, [new RsaVerificationKey(TestData.RsaKey, keyId: null)], null, null);

    private static string KeyInfo(string content) => $"<KeyInfo xmlns=\"{SamlAssertionBuilder.SignatureNamespace}\">{content}</KeyInfo>";

    private static string Response(string content) => $"<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{content}</p:Response>";

    private static string AppendTo(string element, string child) => element.Insert(element.LastIndexOf("</", StringComparison.Ordinal), child);

    private static string InsertAfterIssuer(string assertion, string element) =>
        assertion.Replace("</saml:Issuer>", $"</saml:Issuer>{element}", StringComparison.Ordinal);

    [GeneratedRegex("<Signature .*</Signature>", RegexOptions.Singleline)]
    private static partial Regex SignatureElement();

    [GeneratedRegex("ID=\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex IdAttribute();

    [GeneratedRegex("<DigestValue>(?<digest>[^<]+)</DigestValue>", RegexOptions.ExplicitCapture)]
    private static partial Regex DigestElement();
}
