using System.Security.Cryptography.Xml;
using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// The bytes that a signature covers. Of the platform's XML signatures only this is used: its SignedXml looks for ids wherever they are,
/// and reads keys and transforms from the document.
/// </summary>
internal static class ExclusiveC14N
{
    private const string NamespaceOfNamespaces = "http://www.w3.org/2000/xmlns/";

    /// <param name="element">The element, with the namespaces of those around it.</param>
    /// <param name="inclusivePrefixes">The PrefixList of InclusiveNamespaces; null for none.</param>
    public static byte[] Canonicalize(XmlElement element, string? inclusivePrefixes)
    {
        var alone = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        var copy = (XmlElement)alone.AppendChild(alone.ImportNode(element, deep: true))!;
        foreach (var (prefix, ns) in element.CreateNavigator()!.GetNamespacesInScope(XmlNamespaceScope.ExcludeXml))
            Declare(copy, prefix, ns);
        var transform = new XmlDsigExcC14NTransform(includeComments: false, inclusivePrefixes);
        transform.LoadInput(alone);
        using var bytes = (MemoryStream)transform.GetOutput(typeof(Stream));
        return bytes.ToArray();
    }

    private static void Declare(XmlElement element, string prefix, string ns)
    {
        var isDefault = prefix.Length == 0;
        var name = isDefault ? "xmlns" : prefix;
        if (element.GetAttributeNode(name, NamespaceOfNamespaces) is not null)
            return;
        var declaration = element.OwnerDocument.CreateAttribute(isDefault ? "" : "xmlns", name, NamespaceOfNamespaces);
        declaration.Value = ns;
        element.Attributes.Append(declaration);
    }
}
