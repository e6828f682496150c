using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>X01, X02 and X03: how the assertion is written, what it is made of, and by whom.</summary>
public sealed class SamlStructureTests
{
    private const string Doctype = "<!DOCTYPE a [<!ENTITY e \"x\">]>";

    private static readonly Dictionary<string, (string Rule, Func<string> Assertion)> Bad = new()
    {
        ["base64 with padding"] = ("X01", () => Padded(SamlAssertionBuilder.Encode(new SamlAssertionBuilder().Text() + "<!--a-->"))),
        ["a line break"] = ("X01", () => new SamlAssertionBuilder().Encoded().Insert(76, "\n")),
        ["plain base64's alphabet"] = ("X01", () => new SamlAssertionBuilder().Encoded() + "+/"),
        ["the XML itself"] = ("X01", () => new SamlAssertionBuilder().Text()),
        ["too long"] = ("X01", () => new string('A', 400_000)),
        ["no UTF-8"] = ("X02", () => System.Buffers.Text.Base64Url.EncodeToString([0x3C, 0xC3, 0x28])),
        ["no XML"] = ("X02", () => SamlAssertionBuilder.Encode("eyJhbGciOiJub25lIn0")),
        ["cut short"] = ("X02", () => SamlAssertionBuilder.Encode(new SamlAssertionBuilder().Text()[..^1])),
        ["a DTD"] = ("X02", () => SamlAssertionBuilder.Encode(Doctype + new SamlAssertionBuilder().Text())),
        ["an entity"] = ("X02", () => SamlAssertionBuilder.Encode(Doctype + new SamlAssertionBuilder().Text().Replace(">user-1<", ">&e;<", StringComparison.Ordinal))),
        ["an external entity"] = ("X02", () => SamlAssertionBuilder.Encode("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>")),
        ["another encoding declared"] = ("X02", () => SamlAssertionBuilder.Encode("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" + new SamlAssertionBuilder().Text())),
        ["ten thousand levels"] = ("X02", () => SamlAssertionBuilder.Encode(Nested(10_000))),
        ["a Response around it"] = ("X02", () => SamlAssertionBuilder.Encode($"<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{new SamlAssertionBuilder().Text()}</p:Response>")),
        ["an encrypted assertion"] = ("X02", () => SamlAssertionBuilder.Encode($"<EncryptedAssertion xmlns=\"{SamlAssertionBuilder.Saml}\"/>")),
        ["an Assertion of no namespace"] = ("X02", () => SamlAssertionBuilder.Encode("<Assertion ID=\"a\" Version=\"2.0\"/>")),
        ["an assertion of SAML 1"] = ("X02", () => new SamlAssertionBuilder().With("SAML:2.0:assertion", "SAML:1.0:assertion").Encoded()),
        ["Version 1.1"] = ("X02", () => new SamlAssertionBuilder().With("Version=\"2.0\"", "Version=\"1.1\"").Encoded()),
        ["no Version"] = ("X02", () => new SamlAssertionBuilder().With("Version=\"2.0\"", "").Encoded()),
        ["an ID that begins with a digit"] = ("X02", () => new SamlAssertionBuilder().After("ID=\"_", "ID=\"0").Encoded()),
        ["an ID with a colon"] = ("X02", () => new SamlAssertionBuilder().After("ID=\"_", "ID=\"a:").Encoded()),
        ["an empty ID"] = ("X02", () => SamlAssertionBuilder.Encode($"<Assertion xmlns=\"{SamlAssertionBuilder.Saml}\" Version=\"2.0\" ID=\"\"/>")),
        ["no ID"] = ("X02", () => SamlAssertionBuilder.Encode($"<Assertion xmlns=\"{SamlAssertionBuilder.Saml}\" Version=\"2.0\"/>")),
        ["an Issuer after the Subject"] = ("X02", () => new SamlAssertionBuilder().With("<saml:Issuer>https://idp.example.com</saml:Issuer>", "")
            .With("</saml:Subject>", "</saml:Subject><saml:Issuer>https://idp.example.com</saml:Issuer>").Encoded()),
        ["two Issuers"] = ("X02", () => new SamlAssertionBuilder().With("</saml:Issuer>", "</saml:Issuer><saml:Issuer>https://idp.example.com</saml:Issuer>").Encoded()),
        ["an element of another namespace"] = ("X02", () => new SamlAssertionBuilder().With("<saml:Subject>", "<x xmlns=\"urn:x\"/><saml:Subject>").Encoded()),
        ["an unknown statement"] = ("X02", () => new SamlAssertionBuilder().With("</saml:AuthnStatement>", "</saml:AuthnStatement><saml:Statement/>").Encoded()),
        ["another Issuer"] = ("X03", () => new SamlAssertionBuilder().With(">https://idp.example.com<", ">https://evil.example.com<").Encoded()),
        ["an Issuer with a slash more"] = ("X03", () => new SamlAssertionBuilder().With(">https://idp.example.com<", ">https://idp.example.com/<").Encoded()),
        ["an Issuer with a space"] = ("X03", () => new SamlAssertionBuilder().With(">https://idp.example.com<", "> https://idp.example.com<").Encoded()),
        ["an empty Issuer"] = ("X03", () => new SamlAssertionBuilder().With(">https://idp.example.com<", "><").Encoded()),
        ["no Issuer"] = ("X03", () => new SamlAssertionBuilder().With("<saml:Issuer>https://idp.example.com</saml:Issuer>", "").Encoded()),
        ["an Issuer that is an e-mail address"] = ("X03", () => new SamlAssertionBuilder()
            .With("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">").Encoded()),
        ["a client as Issuer"] = ("X03", () => new SamlAssertionBuilder().With(">https://idp.example.com<", $">{TestData.ClientId}<").Encoded()),
    };

    public static TheoryData<string> TestRows => TestSupport.TestRows.Of(Bad.Keys);

    [Theory, MemberData(nameof(TestRows))]
    public async Task A_bad_frame_is_refused(string row) =>
        (await SamlServer.Start().PresentSamlAsync(Bad[row].Assertion())).ShouldBeRefused(Bad[row].Rule);

    [Fact]
    public async Task A_good_assertion_is_granted_for_its_subject() =>
        Assert.Equal(SamlAssertionBuilder.Subject, (await SamlServer.PresentAsync(new SamlAssertionBuilder())).Subject());

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""), InlineData("", "\n<!-- the end -->"), InlineData("<?hint x?>", "")]
    public async Task What_stands_around_the_assertion_and_is_no_element_is_passed_over(string before, string behind) =>
        (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(before + new SamlAssertionBuilder().Text() + behind))).ShouldBeGranted();

    [Fact]
    public async Task Attributes_and_advice_are_accepted_and_the_issuer_may_say_that_it_is_an_entity() => (await SamlServer.PresentAsync(new SamlAssertionBuilder()
        .With("<saml:Issuer>", "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">")
        .With("<saml:AuthnStatement", "<saml:Advice/><saml:AttributeStatement><saml:Attribute Name=\"a\"/></saml:AttributeStatement><saml:AuthnStatement")))
        .ShouldBeGranted();

    private static string Padded(string encoded) => encoded + new string('=', 4 - (encoded.Length % 4));

    private static string Nested(int levels) => string.Concat(Enumerable.Repeat("<a>", levels)) + string.Concat(Enumerable.Repeat("</a>", levels));
}
