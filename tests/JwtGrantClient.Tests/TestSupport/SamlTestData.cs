using System.Buffers.Text;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Xml;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>Valid options for SAML assertions, which a test can change, and methods that read an assertion.</summary>
internal static class SamlTestData
{
    public const string Issuer = "https://idp.example.com", Subject = "user-1", GrantType = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    private const string Namespace = "urn:oasis:names:tc:SAML:2.0:assertion", Signature = "http://www.w3.org/2000/09/xmldsig#";

    public static X509Certificate2 Certificate { get; } = Keys.CertificateFor(TestData.RsaKey, "CN=idp");

    public static SamlAssertionOptions Options() => new()
    {
        Issuer = Issuer, Subject = Subject, Audience = TestData.Issuer, Recipient = TestData.TokenEndpoint,
    };

    public static void Configure(SamlAssertionOptions options) => (options.Issuer, options.Subject) = (Issuer, Subject);

    public static async Task<string> CreateXmlAsync(this SamlAssertionFactory factory, AssertionContext? context = null) =>
        Decode((await factory.ProvideAsync(context ?? new(), TestContext.Current.CancellationToken)).Value);

    public static string Decode(string assertion) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(assertion));

    public static XmlElement Parse(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(xml);
        return document.DocumentElement!;
    }

    /// <summary>Returns the only node at an XPath, with the prefix <c>a:</c> for SAML assertions and <c>d:</c> for XML signatures.</summary>
    public static XmlNode SelectNode(this XmlElement assertion, string path)
    {
        var namespaces = new XmlNamespaceManager(assertion.OwnerDocument.NameTable);
        namespaces.AddNamespace("a", Namespace);
        namespaces.AddNamespace("d", Signature);
        return Assert.Single(assertion.SelectNodes(path, namespaces)!.Cast<XmlNode>());
    }

    public static string SelectText(this XmlElement assertion, string path) => assertion.SelectNode(path).InnerText;
}
