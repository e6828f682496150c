using System.Security.Cryptography.Xml;
using JwtGrantClient.Saml;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Saml;

public sealed class SamlAssertionFactoryTests
{
    private readonly FakeTimeProvider _clock = new(TestData.Moment);

    [Fact]
    public async Task Says_everything_that_the_RFC_wants_and_no_more()
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
    public async Task Signs_with_RSA_and_SHA_256_over_the_exclusive_canonical_form_right_after_the_issuer()
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
    public async Task Brings_the_certificate_or_leaves_it_out()
    {
        var with = SamlTestData.Parse(await Factory().CreateXmlAsync());
        var without = SamlTestData.Parse(await Factory(options => options.IncludeCertificate = false).CreateXmlAsync());

        Assert.Equal(Convert.ToBase64String(SamlTestData.Certificate.RawData), with.SelectText("d:Signature/d:KeyInfo/d:X509Data/d:X509Certificate"));
        Assert.Null(without["Signature"]!["KeyInfo"]);
    }

    [Fact]
    public async Task Is_base64url_without_padding_or_line_breaks_and_says_its_type_and_its_end_and_prints_neither()
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
    public async Task Has_the_type_of_a_token_where_it_is_exchanged(AssertionPurpose purpose) => Assert.Equal(
        "urn:ietf:params:oauth:token-type:saml2", (await Factory().ProvideAsync(new() { Purpose = purpose }, TestContext.Current.CancellationToken)).Type);

    [Fact]
    public async Task Rounds_its_times_down_to_the_second()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(999));

        var root = SamlTestData.Parse(await Factory().CreateXmlAsync());

        Assert.Equal(("2026-11-23T09:00:00Z", "2026-11-23T09:02:00Z"), (root.GetAttribute("IssueInstant"), root.SelectText("a:Conditions/@NotOnOrAfter")));
    }

    [Fact]
    public async Task Draws_a_new_ID_for_each_of_at_least_128_bits_that_is_an_XML_name()
    {
        var factory = Factory();

        var ids = new HashSet<string>();
        for (var i = 0; i < 50; i++)
            ids.Add(SamlTestData.Parse(await factory.CreateXmlAsync()).GetAttribute("ID"));

        Assert.Equal(50, ids.Count);
        Assert.All(ids, id => Assert.Matches("^_[0-9a-f]{40}$", System.Xml.XmlConvert.VerifyNCName(id)));
    }

    [Fact]
    public async Task Takes_subject_and_claims_of_the_request_before_its_own()
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
    public async Task Takes_audience_and_recipient_from_the_request_where_they_are_not_configured_byte_for_byte()
    {
        var factory = Factory(options => (options.Audience, options.Recipient) = (null, null));

        var known = SamlTestData.Parse(await factory.CreateXmlAsync(new() { Issuer = "HTTPS://AS.example.com:443", TokenEndpoint = new Uri("https://AS.example.com:443/token") }));
        var unknown = SamlTestData.Parse(await factory.CreateXmlAsync(new() { TokenEndpoint = new Uri("https://as.example.com/token") }));

        Assert.Equal("HTTPS://AS.example.com:443", known.SelectText("a:Conditions/a:AudienceRestriction/a:Audience"));
        Assert.Equal("https://AS.example.com:443/token", known.SelectText("a:Subject/a:SubjectConfirmation/a:SubjectConfirmationData/@Recipient"));
        Assert.Equal("https://as.example.com/token", unknown.SelectText("a:Conditions/a:AudienceRestriction/a:Audience"));
    }

    [Fact]
    public async Task Leaves_out_the_AuthnStatement_of_a_client_that_acts_by_itself_and_takes_another_format_of_name()
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
    public async Task Carries_any_text_of_XML(string text)
    {
        var root = SamlTestData.Parse(await Factory(options => options.Attributes[text] = [text]).CreateXmlAsync(new() { Subject = text }));

        Assert.Equal(text, root.SelectText("a:Subject/a:NameID"));
        Assert.Equal((text, text), (root.SelectText("a:AttributeStatement/a:Attribute/@Name"), root.SelectText("a:AttributeStatement/a:Attribute/a:AttributeValue")));
    }

    [Fact]
    public async Task Copies_its_settings()
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
