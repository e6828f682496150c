using System.Security.Cryptography.Xml;
using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Canonicalizes an element to the bytes that a signature covers (Exclusive XML Canonicalization). SignedXml of the platform is not used:
/// it finds IDs anywhere in the document, and reads keys and transforms from the document.
/// </summary>
internal static class ExclusiveC14N
{
    private const string XmlnsNamespace = "http://www.w3.org/2000/xmlns/";

    /// <param name="element">The element. Namespaces that its ancestors declare are in scope.</param>
    /// <param name="inclusivePrefixes">The PrefixList of InclusiveNamespaces; null for none.</param>
    public static byte[] Canonicalize(XmlElement element, string? inclusivePrefixes)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)document.AppendChild(document.ImportNode(element, deep: true))!;
        foreach (var (prefix, ns) in element.CreateNavigator()!.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
            DeclareNamespace(copy, prefix, ns);
        var transform = new XmlDsigExcC14NTransform(includeComments: false, inclusivePrefixes);
        transform.LoadInput(document);
        using var bytes = (MemoryStream)transform.GetOutput(typeof(Stream));
        return bytes.ToArray();
    }

    private static void DeclareNamespace(XmlElement element, string prefix, string ns)
    {
        var isDefault = prefix.Length == 0;
        var name = isDefault ? "xmlns" : prefix;
        if (element.GetAttributeNode(name, XmlnsNamespace) is not null)
            return;
        var declaration = element.OwnerDocument.CreateAttribute(isDefault ? "" : "xmlns", name, XmlnsNamespace);
        declaration.Value = ns;
        element.Attributes.Append(declaration);
    }
}
