using System.Security.Cryptography.Xml;
using System.Text.RegularExpressions;
using System.Xml;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Testing.Saml;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>
/// The eight ways in which a good signature is put where it vouches for what it does not cover (Somorovsky et al., On Breaking SAML, 2012), as
/// far as a bare assertion leaves room; and text that two readers read in two ways.
/// </summary>
public sealed partial class SamlSignatureWrappingTests
{
    private static readonly string Signed = new SamlAssertionBuilder().Text();
    private static readonly string Signature = SignatureElement().Match(Signed).Value;
    private static readonly string Original = Signed.Replace(Signature, "", StringComparison.Ordinal);

    /// <summary>The forgery: another subject, under another ID, not signed.</summary>
    private static readonly string Forged = IdAttribute().Replace(
        Original.Replace(">user-1<", ">admin<", StringComparison.Ordinal), "ID=\"_forged\"", 1);

    private static readonly Dictionary<string, string> Documents = new()
    {
        ["XSW1: the original inside the signature of a Response"] = Response(Forged + Within(Signature, KeyInfo(Original))),
        ["XSW2: the original beside its signature in a Response"] = Response(Original + Signature + Forged),
        ["XSW3: the forgery before the original"] = Response(Forged + Signed),
        ["XSW4: the original inside the forgery"] = Within(Forged, Signed),
        ["XSW5: the signature in the forgery, the original behind it"] = Within(AfterIssuer(Forged, Signature), Original),
        ["XSW6: the original inside the signature of the forgery"] = AfterIssuer(Forged, Within(Signature, KeyInfo(Original))),
        ["XSW7: the original in an open element of the forgery"] = Forged.Replace("<saml:AuthnStatement", $"<saml:Advice>{Signed}</saml:Advice><saml:AuthnStatement", StringComparison.Ordinal),
        ["XSW8: the original in an Object of the forgery's signature"] = AfterIssuer(Forged, Within(Signature, $"<Object xmlns=\"{SamlAssertionBuilder.Signature}\">{Original}</Object>")),
    };

    public static TheoryData<string> TestRows => TestSupport.TestRows.Of(Documents.Keys);

    public static TheoryData<string> RowsWithoutResponse => TestSupport.TestRows.Of(Documents.Keys.Skip(3));

    [Theory, MemberData(nameof(TestRows))]
    public async Task A_wrapped_signature_is_refused(string row) =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(Documents[row]))).ShouldBeRefused("X02");

    /// <summary>Without this the table above could be refused for want of any good signature.</summary>
    [Theory, MemberData(nameof(TestRows))]
    public void A_reader_that_takes_whatever_the_signature_names_would_be_deceived(string row)
    {
        var document = SamlAssertionBuilder.Parse(Documents[row]);
        var signed = new SignedXml(document);
        signed.LoadXml((XmlElement)document.GetElementsByTagName("Signature", SamlAssertionBuilder.Signature)[0]!);

        Assert.True(signed.CheckSignature(TestData.RsaKey));
        Assert.Equal("admin", document.SelectSingleNode("//*[@ID='_forged']/*[local-name()='Subject']/*[local-name()='NameID']")!.InnerText);
    }

    [Theory, MemberData(nameof(RowsWithoutResponse))]
    public void The_signature_does_not_verify_also_where_the_frame_is_passed_over(string row)
    {
        foreach (var id in new[] { "_forged", IdAttribute().Match(Original).Groups["id"].Value })
        {
            var root = SamlAssertionBuilder.Parse(Documents[row].Replace("_forged", id, StringComparison.Ordinal)).DocumentElement!;

            Assert.StartsWith("X0", Assert.Throws<RefusedException>(() => XmlSignature.Verify(root, Issuer())).Refusal.Rule, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_forgery_under_the_ID_of_the_original_with_its_signature_is_refused()
    {
        var id = IdAttribute().Match(Original).Groups["id"].Value;

        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(AfterIssuer(Forged.Replace("_forged", id, StringComparison.Ordinal), Signature))))
            .ShouldBeRefused("X06");
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(AfterIssuer(Forged, Signature)))).ShouldBeRefused("X04");
    }

    [Theory]
    [InlineData("admin<!-- -->.evil.example"), InlineData("<!-- -->admin.evil.example"), InlineData("<![CDATA[admin]]>.evil.example")]
    public async Task A_name_that_a_comment_splits_is_read_whole_as_it_was_signed(string split)
    {
        var saml = new SamlAssertionBuilder().With(">user-1<", ">admin.evil.example<").After(">admin.evil.example<", $">{split}<");

        Assert.Equal("admin.evil.example", (await SamlServer.PresentAsync(saml)).Subject());
    }

    [Fact]
    public async Task A_name_that_an_instruction_splits_is_not_what_was_signed() => (await SamlServer.PresentAsync(
        new SamlAssertionBuilder().With(">user-1<", ">admin.evil.example<").After(">admin.evil.example<", ">admin<?x?>.evil.example<"))).ShouldBeRefused("X06");

    [Fact]
    public async Task A_digest_that_a_comment_splits_is_read_whole_as_it_was_signed()
    {
        var other = DigestElement().Match(new SamlAssertionBuilder().Text()).Groups["digest"].Value;
        var forged = DigestElement().Replace(Signed.Replace(">user-1<", ">admin<", StringComparison.Ordinal), $"<DigestValue>{other}<!--${{digest}}--></DigestValue>");

        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(forged))).ShouldBeRefused("X06").Saying("does not verify");
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(DigestElement().Replace(Signed, "<DigestValue><!-- -->${digest}</DigestValue>")))).ShouldBeGranted();
    }

    private static AssertionIssuer Issuer() => new(SamlAssertionBuilder.Issuer, null, [new VerificationKey(null, TestData.RsaKey)], null, null);

    private static string KeyInfo(string content) => $"<KeyInfo xmlns=\"{SamlAssertionBuilder.Signature}\">{content}</KeyInfo>";

    private static string Response(string content) => $"<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{content}</p:Response>";

    private static string Within(string element, string last) => element.Insert(element.LastIndexOf("</", StringComparison.Ordinal), last);

    private static string AfterIssuer(string assertion, string element) =>
        assertion.Replace("</saml:Issuer>", $"</saml:Issuer>{element}", StringComparison.Ordinal);

    [GeneratedRegex("<Signature .*</Signature>", RegexOptions.Singleline)]
    private static partial Regex SignatureElement();

    [GeneratedRegex("ID=\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex IdAttribute();

    [GeneratedRegex("<DigestValue>(?<digest>[^<]+)</DigestValue>", RegexOptions.ExplicitCapture)]
    private static partial Regex DigestElement();
}
