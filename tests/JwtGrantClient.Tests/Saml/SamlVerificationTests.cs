using System.Security.Cryptography.Xml;
using System.Xml;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.Vectors;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Saml;

/// <summary>
/// What we sign, checked by a program that shares no code with us: xmlsec1. Where it is not installed its row falls away, save in a build under
/// CI, which must have it.
/// </summary>
public sealed class SamlVerificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Tools =>
    [
        .. new[] { "xmlsec1" }.Where(tool => OtherTool.IsInstalled(tool) || Environment.GetEnvironmentVariable("CI") == "true"), "the platform",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Tools))]
    public async Task A_tool_verifies_what_we_sign_and_refuses_it_changed(string tool)
    {
        var options = SamlTestData.Options();
        options.Attributes["company <&> \"id\" é"] = [" Zoë 😀 ", "]]>", ""];
        var xml = await new SamlAssertionFactory(options, SamlTestData.Certificate, new FakeTimeProvider(TestData.Moment)).CreateXmlAsync();

        Assert.True(await VerifiesAsync(tool, xml), $"{tool} refuses our signature.");
        Assert.False(await VerifiesAsync(tool, xml.Replace(">user-1<", ">user-2<", StringComparison.Ordinal)), $"{tool} takes a changed assertion.");
        Assert.False(await VerifiesAsync(tool, xml.Replace("😀", "😁", StringComparison.Ordinal)), $"{tool} takes a changed attribute.");
    }

    private Task<bool> VerifiesAsync(string tool, string xml) => tool == "xmlsec1"
        ? OtherTool.SucceedsAsync(
            "xmlsec1", "--verify", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
            "--trusted-pem", _folder.Write("idp.pem", SamlTestData.Certificate.ExportCertificatePem()),
            "--verification-gmt-time", "2026-11-23 09:00:00", _folder.Write("assertion.xml", xml))
        : Task.FromResult(PlatformVerifies(xml));

    private static bool PlatformVerifies(string xml)
    {
        var root = SamlTestData.Parse(xml);
        var signed = new SignedXml(root.OwnerDocument);
        signed.LoadXml((XmlElement)root.SelectNode("d:Signature"));
        return signed.CheckSignature(TestData.RsaKey);
    }
}
