using System.Security.Cryptography.Xml;
using System.Xml;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.Vectors;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Saml;

/// <summary>
/// SAML signatures of the library, verified by xmlsec1, which shares no code with it. Where it is not installed its row is left out, except in CI
/// builds, which must have it.
/// </summary>
public sealed class SamlVerificationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Tools =>
    [
        .. new[] { "xmlsec1" }.Where(tool => ExternalTool.IsInstalled(tool) || Environment.GetEnvironmentVariable("CI") == "true"), "platform",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Tools))]
    public async Task An_external_tool_verifies_a_signature_and_rejects_it_after_a_change(string tool)
    {
        var options = SamlTestData.Options();
        options.Attributes["company <&> \"id\" é"] = [" Zoë 😀 ", "]]>", ""];
        var xml = await new SamlAssertionFactory(options, SamlTestData.Certificate, new FakeTimeProvider(TestData.Moment)).CreateXmlAsync();

        Assert.True(await VerifiesAsync(tool, xml), $"{tool} rejects the signature.");
        Assert.False(await VerifiesAsync(tool, xml.Replace(">user-1<", ">user-2<", StringComparison.Ordinal)), $"{tool} accepts a changed assertion.");
        Assert.False(await VerifiesAsync(tool, xml.Replace("😀", "😁", StringComparison.Ordinal)), $"{tool} accepts a changed attribute.");
    }

    private Task<bool> VerifiesAsync(string tool, string xml) => tool == "xmlsec1"
        ? ExternalTool.SucceedsAsync(
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
