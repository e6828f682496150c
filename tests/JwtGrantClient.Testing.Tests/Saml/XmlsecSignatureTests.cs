using System.Security.Cryptography.Xml;
using System.Text;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>An assertion that xmlsec1 signs, which shares no code with the server. It contains unusual white space, prefixes and escapes.</summary>
public sealed class XmlsecSignatureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jwtgrant-saml-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"), InlineData("rsa-sha512", "http://www.w3.org/2001/04/xmlenc#sha512")]
    public async Task An_assertion_signed_by_xmlsec1_is_accepted_and_refused_after_a_change(string method, string digest)
    {
        ProcessRunner.RequireTools("xmlsec1");
        var signed = await SignAsync($"http://www.w3.org/2001/04/xmldsig-more#{method}", digest);

        var subject = (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(signed))).Subject();
        Assert.Equal("Zoë <\r\n\t> 😀", subject);
        foreach (var (oldText, newText) in new[] { (">v<", ">w<"), ("&#9;", " "), (">Zo", ">Zu") })
        {
            Assert.Contains(oldText, signed, StringComparison.Ordinal);
            (await SamlServer.Start().PresentSamlAsync(SamlAssertionBuilder.Encode(signed.Replace(oldText, newText, StringComparison.Ordinal)))).ShouldBeRefused("X06");
        }
    }

    private async Task<string> SignAsync(string method, string digest)
    {
        var assertion = new SamlAssertionBuilder()
            .Replace(">user-1<", ">Zoë &lt;&#13;\n\t&gt;<![CDATA[ 😀]]><")
            .Replace("<saml:AuthnStatement ", "<saml:AttributeStatement xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><saml:Attribute Name='a&#9;&#10;\"&amp;'><saml:AttributeValue xsi:type=\"xs:string\" xmlns=\"urn:x\" >v</saml:AttributeValue></saml:Attribute></saml:AttributeStatement><saml:AuthnStatement ");
        var transforms = $"<ds:Transform Algorithm=\"{SignedXml.XmlDsigEnvelopedSignatureTransformUrl}\"/><ds:Transform Algorithm=\"{SignedXml.XmlDsigExcC14NTransformUrl}\"><ec:InclusiveNamespaces xmlns:ec=\"{SignedXml.XmlDsigExcC14NTransformUrl}\" PrefixList=\"xs\"/></ds:Transform>";
        var template = $"<ds:Signature xmlns:ds=\"{SamlAssertionBuilder.SignatureNamespace}\"><ds:SignedInfo>\n<ds:CanonicalizationMethod Algorithm=\"{SignedXml.XmlDsigExcC14NTransformUrl}\"/><ds:SignatureMethod Algorithm=\"{method}\"/><ds:Reference URI=\"#{assertion.Id}\"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm=\"{digest}\"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/></ds:Signature>";
        var unsigned = assertion.ToUnsignedXml().Replace("</saml:Issuer>", $"</saml:Issuer>{template}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(PathOf("unsigned.xml"), unsigned, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(PathOf("key.pem"), TestData.RsaKey.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(await ProcessRunner.RunAsync(
            "xmlsec1", [], "--sign", "--id-attr:ID", $"{SamlAssertionBuilder.SamlNamespace}:Assertion", "--privkey-pem", PathOf("key.pem"), PathOf("unsigned.xml")));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
