using System.Globalization;
using System.Text;
using System.Xml;

namespace JwtGrantClient.Saml;

/// <summary>
/// Writes the Assertion element without its signature (SAML Core section 2.3.3), in the order of the schema and without whitespace between
/// elements.
/// </summary>
internal static class SamlXml
{
    private const string Namespace = "urn:oasis:names:tc:SAML:2.0:assertion", Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    private static readonly XmlWriterSettings Settings = new() { OmitXmlDeclaration = true };

    public static string Write(SamlProfile profile, SamlContent content, string id, DateTimeOffset issuedAt, DateTimeOffset expiresAt)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, Settings))
        {
            xml.WriteStartElement("saml", "Assertion", Namespace);
            xml.WriteAttributeString("ID", id);
            xml.WriteAttributeString("Version", "2.0");
            xml.WriteAttributeString("IssueInstant", FormatInstant(issuedAt));
            xml.WriteElementString("Issuer", Namespace, profile.Issuer);
            WriteSubject(xml, profile, content, expiresAt);
            WriteConditions(xml, content, expiresAt);
            if (profile.AuthnContext is { } context)
                WriteAuthentication(xml, context, issuedAt);
            if (content.Attributes.Count > 0)
                WriteAttributes(xml, content.Attributes);
            xml.WriteEndElement();
        }
        return text.ToString();
    }

    private static void WriteSubject(XmlWriter xml, SamlProfile profile, SamlContent content, DateTimeOffset expiresAt)
    {
        xml.WriteStartElement("Subject", Namespace);
        xml.WriteStartElement("NameID", Namespace);
        xml.WriteAttributeString("Format", profile.NameIdFormat);
        xml.WriteString(content.Subject);
        xml.WriteEndElement();
        xml.WriteStartElement("SubjectConfirmation", Namespace);
        xml.WriteAttributeString("Method", Bearer);
        xml.WriteStartElement("SubjectConfirmationData", Namespace);
        xml.WriteAttributeString("NotOnOrAfter", FormatInstant(expiresAt));
        xml.WriteAttributeString("Recipient", content.Recipient);
        xml.WriteEndElement();
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    // Without NotBefore: it adds nothing to IssueInstant, and a server whose clock is behind would reject the assertion.
    private static void WriteConditions(XmlWriter xml, SamlContent content, DateTimeOffset expiresAt)
    {
        xml.WriteStartElement("Conditions", Namespace);
        xml.WriteAttributeString("NotOnOrAfter", FormatInstant(expiresAt));
        xml.WriteStartElement("AudienceRestriction", Namespace);
        xml.WriteElementString("Audience", Namespace, content.Audience);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteAuthentication(XmlWriter xml, string context, DateTimeOffset at)
    {
        xml.WriteStartElement("AuthnStatement", Namespace);
        xml.WriteAttributeString("AuthnInstant", FormatInstant(at));
        xml.WriteStartElement("AuthnContext", Namespace);
        xml.WriteElementString("AuthnContextClassRef", Namespace, context);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteAttributes(XmlWriter xml, IReadOnlyDictionary<string, string[]> attributes)
    {
        xml.WriteStartElement("AttributeStatement", Namespace);
        foreach (var (name, values) in attributes)
        {
            xml.WriteStartElement("Attribute", Namespace);
            xml.WriteAttributeString("Name", name);
            foreach (var value in values)
                xml.WriteElementString("AttributeValue", Namespace, value);
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static string FormatInstant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
