using System.Security.Cryptography.Xml;
using JwtGrantClient.Saml;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Saml;

public sealed class SamlAssertionFactoryTests
{
    private readonly FakeTimeProvider _clock = new(TestData.Moment);

    [Fact]
    public async Task An_assertion_contains_exactly_the_elements_that_RFC_7522_requires()
    {
        var factory = new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate, _clock, new SamlIdGenerator(bytes => bytes.Fill(0xAB)));

        var xml = await factory.CreateXmlAsync();

        var id = "_" + string.Concat(Enumerable.Repeat("ab", 20));
        Assert.Equal(
            $"""<saml:Assertion ID="{id}" Version="2.0" IssueInstant="2026-11-23T09:00:00Z" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">""" +
            "<saml:Issuer>https://idp.example.com</saml:Issuer><saml:Subject>" +
            """<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">user-1</saml:NameID>""" +
            """<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">""" +
            """<saml:SubjectConfirmationData NotOnOrAfter="2026-11-23T09:02:00Z" Recipient="https://as.example.com/token" />""" +
            """</saml:SubjectConfirmation></saml:Subject><saml:Conditions NotOnOrAfter="2026-11-23T09:02:00Z">""" +
            "<saml:AudienceRestriction><saml:Audience>https://as.example.com</saml:Audience></saml:AudienceRestriction></saml:Conditions>" +
            """<saml:AuthnStatement AuthnInstant="2026-11-23T09:00:00Z"><saml:AuthnContext>""" +
            "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>" +
            "</saml:AuthnContext></saml:AuthnStatement></saml:Assertion>",
            xml.Remove(xml.IndexOf("<Signature", StringComparison.Ordinal), xml.IndexOf("</Signature>", StringComparison.Ordinal) + 12 - xml.IndexOf("<Signature", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_signature_follows_the_issuer_and_uses_RSA_SHA256_and_exclusive_canonicalization()
    {
        var root = SamlTestData.Parse(await Factory().CreateXmlAsync());

        Assert.Same(root.SelectNode("d:Signature"), root.SelectNode("a:Issuer").NextSibling);
        const string Info = "d:Signature/d:SignedInfo";
        Assert.Equal(SignedXml.XmlDsigExcC14NTransformUrl, root.SelectText($"{Info}/d:CanonicalizationMethod/@Algorithm"));
        Assert.Equal("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", root.SelectText($"{Info}/d:SignatureMethod/@Algorithm"));
        Assert.Equal($"#{root.GetAttribute("ID")}", root.SelectText($"{Info}/d:Reference/@URI"));
        Assert.Equal("http://www.w3.org/2001/04/xmlenc#sha256", root.SelectText($"{Info}/d:Reference/d:DigestMethod/@Algorithm"));
        Assert.Equal(SignedXml.XmlDsigEnvelopedSignatureTransformUrl, root.SelectText($"{Info}/d:Reference/d:Transforms/d:Transform[1]/@Algorithm"));
        Assert.Equal(SignedXml.XmlDsigExcC14NTransformUrl, root.SelectText($"{Info}/d:Reference/d:Transforms/d:Transform[2]/@Algorithm"));
    }

    [Fact]
    public async Task The_certificate_is_included_unless_IncludeCertificate_is_false()
    {
        var with = SamlTestData.Parse(await Factory().CreateXmlAsync());
        var without = SamlTestData.Parse(await Factory(options => options.IncludeCertificate = false).CreateXmlAsync());

        Assert.Equal(Convert.ToBase64String(SamlTestData.Certificate.RawData), with.SelectText("d:Signature/d:KeyInfo/d:X509Data/d:X509Certificate"));
        Assert.Null(without["Signature"]!["KeyInfo"]);
    }

    [Fact]
    public async Task An_assertion_is_base64url_with_a_type_and_an_expiry_and_ToString_redacts_it()
    {
        var assertion = await Factory().ProvideAsync(new(), TestContext.Current.CancellationToken);

        Assert.Matches("^[A-Za-z0-9_-]+$", assertion.Value);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:saml2-bearer", assertion.Type);
        Assert.Equal(TestData.Moment.AddMinutes(2), assertion.ExpiresAt);
        Assert.Contains("redacted", assertion.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AssertionPurpose.SubjectToken)]
    [InlineData(AssertionPurpose.ActorToken)]
    public async Task An_assertion_for_token_exchange_has_the_token_type_saml2(AssertionPurpose purpose) => Assert.Equal(
        "urn:ietf:params:oauth:token-type:saml2", (await Factory().ProvideAsync(new() { Purpose = purpose }, TestContext.Current.CancellationToken)).Type);

    [Fact]
    public async Task Times_are_rounded_down_to_the_second()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(999));

        var root = SamlTestData.Parse(await Factory().CreateXmlAsync());

        Assert.Equal(("2026-11-23T09:00:00Z", "2026-11-23T09:02:00Z"), (root.GetAttribute("IssueInstant"), root.SelectText("a:Conditions/@NotOnOrAfter")));
    }

    [Fact]
    public async Task Each_assertion_has_a_new_ID_of_at_least_128_bits_that_is_a_valid_XML_name()
    {
        var factory = Factory();

        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++)
            ids.Add(SamlTestData.Parse(await factory.CreateXmlAsync()).GetAttribute("ID"));

        Assert.Equal(50, ids.Count);
        Assert.All(ids, id => Assert.Matches("^_[0-9a-f]{40}$", System.Xml.XmlConvert.VerifyNCName(id)));
    }

    [Fact]
    public async Task The_subject_and_claims_of_the_request_override_the_configured_ones()
    {
        var factory = Factory(options => (options.Attributes["company_id"], options.Attributes["groups"]) = (["acme"], ["a", "b"]));

        var root = SamlTestData.Parse(await factory.CreateXmlAsync(new()
        {
            Subject = "tenant-42",
            Claims = new Dictionary<string, object> { ["groups"] = new List<string> { "c" }, ["level"] = "7" },
        }));

        Assert.Equal("tenant-42", root.SelectText("a:Subject/a:NameID"));
        Assert.Equal(["company_id=acme", "groups=c", "level=7"], root["AttributeStatement", root.NamespaceURI]!.ChildNodes.Cast<System.Xml.XmlElement>()
            .Select(attribute => $"{attribute.GetAttribute("Name")}={string.Join(',', attribute.ChildNodes.Cast<System.Xml.XmlElement>().Select(value => value.InnerText))}"));
    }

    [Fact]
    public async Task Audience_and_recipient_default_to_issuer_and_token_endpoint_byte_for_byte()
    {
        var factory = Factory(options => (options.Audience, options.Recipient) = (null, null));

        var withIssuer = SamlTestData.Parse(await factory.CreateXmlAsync(new() { Issuer = "HTTPS://AS.example.com:443", TokenEndpoint = new Uri("https://AS.example.com:443/token") }));
        var withoutIssuer = SamlTestData.Parse(await factory.CreateXmlAsync(new() { TokenEndpoint = new Uri("https://as.example.com/token") }));

        Assert.Equal("HTTPS://AS.example.com:443", withIssuer.SelectText("a:Conditions/a:AudienceRestriction/a:Audience"));
        Assert.Equal("https://AS.example.com:443/token", withIssuer.SelectText("a:Subject/a:SubjectConfirmation/a:SubjectConfirmationData/@Recipient"));
        Assert.Equal("https://as.example.com/token", withoutIssuer.SelectText("a:Conditions/a:AudienceRestriction/a:Audience"));
    }

    [Fact]
    public async Task AuthnStatement_is_omitted_without_AuthnContext_and_NameIdFormat_can_be_changed()
    {
        const string Email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

        var root = SamlTestData.Parse(await Factory(options => (options.AuthnContext, options.NameIdFormat) = (null, Email)).CreateXmlAsync());

        Assert.Null(root["AuthnStatement", root.NamespaceURI]);
        Assert.Equal(Email, root.SelectText("a:Subject/a:NameID/@Format"));
    }

    [Theory]
    [InlineData("Zoë <admin> & \"the\" 'émigré' 😀")]
    [InlineData("  a  ")]
    [InlineData("<!-- -->]]>")]
    public async Task Text_with_special_characters_of_XML_is_preserved(string text)
    {
        var root = SamlTestData.Parse(await Factory(options => options.Attributes[text] = [text]).CreateXmlAsync(new() { Subject = text }));

        Assert.Equal(text, root.SelectText("a:Subject/a:NameID"));
        Assert.Equal((text, text), (root.SelectText("a:AttributeStatement/a:Attribute/@Name"), root.SelectText("a:AttributeStatement/a:Attribute/a:AttributeValue")));
    }

    [Fact]
    public async Task Changing_the_options_after_construction_has_no_effect()
    {
        var options = SamlTestData.Options();
        options.Attributes["a"] = ["before"];
        var factory = new SamlAssertionFactory(options, SamlTestData.Certificate, _clock);

        (options.Issuer, options.Attributes["a"][0]) = ("after", "after");

        Assert.DoesNotContain("after", await factory.CreateXmlAsync(), StringComparison.Ordinal);
    }

    private SamlAssertionFactory Factory(Action<SamlAssertionOptions>? configure = null)
    {
        var options = SamlTestData.Options();
        configure?.Invoke(options);
        return new(options, SamlTestData.Certificate, _clock);
    }
}
