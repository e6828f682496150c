using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Reads elements by namespace and name. Only direct children are searched, because signature wrapping attacks hide elements at other
/// levels.
/// </summary>
internal static class XmlElementExtensions
{
    public static IReadOnlyList<XmlElement> Elements(this XmlElement parent) => [.. parent.ChildNodes.OfType<XmlElement>()];

    public static IReadOnlyList<XmlElement> Elements(this XmlElement parent, string name, string ns = SamlNames.Assertion) =>
        [.. parent.ChildNodes.OfType<XmlElement>().Where(child => child.Is(name, ns))];

    public static bool Is(this XmlElement element, string name, string ns = SamlNames.Assertion) =>
        element.LocalName == name && element.NamespaceURI == ns;

    /// <summary>Returns the value of an attribute without a namespace; null if it is missing.</summary>
    public static string? Attribute(this XmlElement element, string name) =>
        element.GetAttributeNode(name, "")?.Value;

    /// <summary>Returns the text of the element without comments; null if it contains elements.</summary>
    public static string? TextContent(this XmlElement element) => element.Elements().Count == 0 ? element.InnerText : null;

    public static IEnumerable<XmlElement> SelfAndDescendants(this XmlElement root)
    {
        yield return root;
        foreach (var child in root.Elements())
            foreach (var element in child.SelfAndDescendants())
                yield return element;
    }
}
