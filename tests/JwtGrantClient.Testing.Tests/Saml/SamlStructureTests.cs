using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>The encoding, the XML structure and the issuer of an assertion (RFC 7522 sections 2.1 and 3).</summary>
public sealed class SamlStructureTests
{
    private const string Doctype = "<!DOCTYPE a [<!ENTITY e \"x\">]>";

    private static readonly Dictionary<string, (string Rule, Func<string> Assertion)> Invalid = new()
    {
        ["base64 with padding"] = ("X01", () => AddPadding(SamlAssertionBuilder.Encode(new SamlAssertionBuilder().ToXml() + "<!--a-->"))),
        ["a line break"] = ("X01", () => new SamlAssertionBuilder().Encoded().Insert(76, "\n")),
        ["the alphabet of standard base64"] = ("X01", () => new SamlAssertionBuilder().Encoded() + "+/"),
        ["XML without base64url"] = ("X01", () => new SamlAssertionBuilder().ToXml()),
        ["an assertion that is too long"] = ("X01", () => new string('A', 400_000)),
        ["not UTF-8"] = ("X02", () => System.Buffers.Text.Base64Url.EncodeToString([0x3C, 0xC3, 0x28])),
        ["not XML"] = ("X02", () => SamlAssertionBuilder.Encode("eyJhbGciOiJub25lIn0")),
        ["truncated XML"] = ("X02", () => SamlAssertionBuilder.Encode(new SamlAssertionBuilder().ToXml()[..^1])),
        ["a DTD"] = ("X02", () => SamlAssertionBuilder.Encode(Doctype + new SamlAssertionBuilder().ToXml())),
        ["an entity"] = ("X02", () => SamlAssertionBuilder.Encode(Doctype + new SamlAssertionBuilder().ToXml().Replace(">user-1<", ">&e;<", StringComparison.Ordinal))),
        ["an external entity"] = ("X02", () => SamlAssertionBuilder.Encode("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>")),
        ["a declaration of another encoding"] = ("X02", () => SamlAssertionBuilder.Encode("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + new SamlAssertionBuilder().ToXml())),
        ["ten thousand levels"] = ("X02", () => SamlAssertionBuilder.Encode(NestedElements(10_000))),
        ["an assertion inside a Response"] = ("X02", () => SamlAssertionBuilder.Encode($"<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{new SamlAssertionBuilder().ToXml()}</p:Response>")),
        ["an encrypted assertion"] = ("X02", () => SamlAssertionBuilder.Encode($"<EncryptedAssertion xmlns=\"{SamlAssertionBuilder.SamlNamespace}\"/>")),
        ["an Assertion without a namespace"] = ("X02", () => SamlAssertionBuilder.Encode("<Assertion ID=\"a\" Version=\"2.0\"/>")),
        ["an assertion of SAML 1"] = ("X02", () => new SamlAssertionBuilder().Replace("SAML:2.0:assertion", "SAML:1.0:assertion").Encoded()),
        ["Version 1.1"] = ("X02", () => new SamlAssertionBuilder().Replace("Version=\"2.0\"", "Version=\"1.1\"").Encoded()),
        ["no Version"] = ("X02", () => new SamlAssertionBuilder().Replace("Version=\"2.0\"", "").Encoded()),
        ["an ID that begins with a digit"] = ("X02", () => new SamlAssertionBuilder().ReplaceAfterSigning("ID=\"_", "ID=\"0").Encoded()),
        ["an ID with a colon"] = ("X02", () => new SamlAssertionBuilder().ReplaceAfterSigning("ID=\"_", "ID=\"a:").Encoded()),
        ["an empty ID"] = ("X02", () => SamlAssertionBuilder.Encode($"<Assertion xmlns=\"{SamlAssertionBuilder.SamlNamespace}\" Version=\"2.0\" ID=\"\"/>")),
        ["no ID"] = ("X02", () => SamlAssertionBuilder.Encode($"<Assertion xmlns=\"{SamlAssertionBuilder.SamlNamespace}\" Version=\"2.0\"/>")),
        ["an Issuer after the Subject"] = ("X02", () => new SamlAssertionBuilder().Replace("<saml:Issuer>https://idp.example.com</saml:Issuer>", "")
            .Replace("</saml:Subject>", "</saml:Subject><saml:Issuer>https://idp.example.com</saml:Issuer>").Encoded()),
        ["two Issuers"] = ("X02", () => new SamlAssertionBuilder().Replace("</saml:Issuer>", "</saml:Issuer><saml:Issuer>https://idp.example.com</saml:Issuer>").Encoded()),
        ["an element in another namespace"] = ("X02", () => new SamlAssertionBuilder().Replace("<saml:Subject>", "<x xmlns=\"urn:x\"/><saml:Subject>").Encoded()),
        ["an unknown statement"] = ("X02", () => new SamlAssertionBuilder().Replace("</saml:AuthnStatement>", "</saml:AuthnStatement><saml:Statement/>").Encoded()),
        ["another Issuer"] = ("X03", () => new SamlAssertionBuilder().Replace(">https://idp.example.com<", ">https://evil.example.com<").Encoded()),
        ["an Issuer with a trailing slash"] = ("X03", () => new SamlAssertionBuilder().Replace(">https://idp.example.com<", ">https://idp.example.com/<").Encoded()),
        ["an Issuer with a space"] = ("X03", () => new SamlAssertionBuilder().Replace(">https://idp.example.com<", "> https://idp.example.com<").Encoded()),
        ["an empty Issuer"] = ("X03", () => new SamlAssertionBuilder().Replace(">https://idp.example.com<", "><").Encoded()),
        ["no Issuer"] = ("X03", () => new SamlAssertionBuilder().Replace("<saml:Issuer>https://idp.example.com</saml:Issuer>", "").Encoded()),
        ["an Issuer that is an e-mail address"] = ("X03", () => new SamlAssertionBuilder()
            .Replace("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">").Encoded()),
        ["a client as Issuer"] = ("X03", () => new SamlAssertionBuilder().Replace(">https://idp.example.com<", $">{TestData.ClientId}<").Encoded()),
    };

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task A_SAML_assertion_with_an_invalid_structure_is_refused(string testCase) =>
        (await SamlServer.Start().PresentSamlAsync(Invalid[testCase].Assertion())).ShouldBeRefused(Invalid[testCase].Rule);

    [Fact]
    public async Task A_valid_SAML_assertion_gets_a_token_for_its_subject() =>
        Assert.Equal(SamlAssertionBuilder.Subject, (await SamlServer.PresentAsync(new SamlAssertionBuilder())).Subject());

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""), InlineData("", "\n<!-- the end -->"), InlineData("<?hint x?>", "")]
    public async Task A_declaration_comment_or_processing_instruction_around_the_assertion_is_ignored(string before, string after) =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(before + new SamlAssertionBuilder().ToXml() + after))).ShouldBeGranted();

    [Fact]
    public async Task An_assertion_with_attributes_advice_and_an_entity_issuer_format_is_accepted() => (await SamlServer.PresentAsync(new SamlAssertionBuilder()
        .Replace("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">")
        .Replace("<saml:AuthnStatement", "<saml:Advice/><saml:AttributeStatement><saml:Attribute Name=\"a\"/></saml:AttributeStatement><saml:AuthnStatement")))
        .ShouldBeGranted();

    private static string AddPadding(string encoded) => encoded + new string('=', 4 - (encoded.Length % 4));

    private static string NestedElements(int levels) => string.Concat(Enumerable.Repeat("<a>", levels)) + string.Concat(Enumerable.Repeat("</a>", levels));
}
