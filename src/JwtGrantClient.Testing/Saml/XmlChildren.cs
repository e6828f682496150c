using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Child by child, by namespace and name: nothing here searches deeper, for depth is where wrapped elements hide.</summary>
internal static class XmlChildren
{
    public static IReadOnlyList<XmlElement> Elements(this XmlElement parent) => [.. parent.ChildNodes.OfType<XmlElement>()];

    public static IReadOnlyList<XmlElement> Elements(this XmlElement parent, string name, string ns = SamlNames.Assertion) =>
        [.. parent.ChildNodes.OfType<XmlElement>().Where(child => child.Is(name, ns))];

    public static bool Is(this XmlElement element, string name, string ns = SamlNames.Assertion) =>
        element.LocalName == name && element.NamespaceURI == ns;

    /// <summary>The attribute's value; null where it is missing. SAML's own attributes have no namespace.</summary>
    public static string? Text(this XmlElement element, string attribute) =>
        element.GetAttributeNode(attribute, "")?.Value;

    /// <summary>All its text, comments passed over; null where there are elements in it.</summary>
    public static string? Text(this XmlElement element) => element.Elements().Count == 0 ? element.InnerText : null;

    public static IEnumerable<XmlElement> Everything(this XmlElement root)
    {
        yield return root;
        foreach (var child in root.Elements())
            foreach (var element in child.Everything())
                yield return element;
    }
}
