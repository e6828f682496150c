using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Reads the only accepted form of signature (SAML Core section 5.4): a child of the assertion that signs the assertion with one reference
/// and two transforms. Other forms that XML Signature allows make signature wrapping attacks possible.
/// </summary>
internal static class SamlSignatureStructure
{
    private const string Clause = "SAML Core section 5.4";

    /// <summary>
    /// Returns the only signature of the document, which is a child of the root. No other element may have the ID of the root.
    /// </summary>
    public static XmlElement FindSignature(XmlElement assertion)
    {
        var signatures = assertion.SelfAndDescendants().Where(element => element.Is("Signature", SamlNames.Signature)).ToList();
        if (signatures.Count != 1 || signatures[0].ParentNode != assertion)
            throw SamlRefusal.Create("X04", signatures.Count == 0 ? "item 9" : Clause, signatures.Count == 0
                ? "The SAML assertion is not signed. Sign it with an enveloped signature."
                : $"The document has {signatures.Count} signatures, or one that is not a child of the assertion; expected one, directly after the Issuer.");
        var id = assertion.Attribute("ID");
        var owners = assertion.SelfAndDescendants().SelectMany(element => element.Attributes.OfType<XmlAttribute>())
            .Count(attribute => attribute.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase) && attribute.Value == id);
        return owners == 1 ? signatures[0] : throw SamlRefusal.Create("X04", "SAML Core section 1.3.4",
            $"{owners} elements have the ID '{id}'; an ID must be unique.");
    }

    /// <summary>Returns SignedInfo and SignatureValue.</summary>
    public static (XmlElement SignedInfo, XmlElement Value) ReadSignature(XmlElement signature) => signature.Elements() switch
    {
        [var info, var value] when IsInfoAndValue(info, value) => (info, value),
        // KeyInfo is allowed but ignored.
        [var info, var value, var keyInfo] when IsInfoAndValue(info, value) && keyInfo.Is("KeyInfo", SamlNames.Signature) => (info, value),
        var parts => throw SamlRefusal.Create("X04", Clause,
            $"The Signature contains {Names(parts)}; expected SignedInfo, SignatureValue and, optionally, KeyInfo."),
    };

    /// <summary>Returns the parts of SignedInfo.</summary>
    public static (XmlElement Canonicalization, XmlElement Method, XmlElement Reference) ReadSignedInfo(XmlElement signedInfo) =>
        signedInfo.Elements() switch
        {
            [var c14n, var method, var reference] when c14n.Is("CanonicalizationMethod", SamlNames.Signature)
                && method.Is("SignatureMethod", SamlNames.Signature) && reference.Is("Reference", SamlNames.Signature)
                => (c14n, method, reference),
            var parts => throw SamlRefusal.Create("X04", Clause,
                $"The SignedInfo contains {Names(parts)}; expected CanonicalizationMethod, SignatureMethod and one Reference."),
        };

    /// <summary>
    /// Returns the digest method, the digest value and the prefixes for the canonicalization. The reference must be to the assertion.
    /// </summary>
    public static (XmlElement Method, XmlElement Value, string? Prefixes) ReadReference(XmlElement reference, string id)
    {
        if (reference.Attribute("URI") != $"#{id}")
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.2", reference.Attribute("URI") is { } uri
                ? $"The signature covers '{uri}'; expected the assertion, '#{id}'."
                : $"The signature's Reference has no URI; expected the assertion, '#{id}'.");
        if (reference.Elements() is not [var transforms, var method, var value] || !transforms.Is("Transforms", SamlNames.Signature)
            || !method.Is("DigestMethod", SamlNames.Signature) || !value.Is("DigestValue", SamlNames.Signature))
            throw SamlRefusal.Create("X04", Clause,
                $"The Reference contains {Names(reference.Elements())}; expected Transforms, DigestMethod and DigestValue.");
        if (transforms.Elements() is not [var first, var second]
            || first.Attribute("Algorithm") != SamlNames.Enveloped || first.Elements().Count > 0)
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.4",
                $"The transforms are {string.Join(", ", transforms.Elements().Select(transform => transform.Attribute("Algorithm")))}; expected enveloped signature and exclusive canonicalization, in this order.");
        return (method, value, ReadPrefixes(second));
    }

    /// <summary>Returns the PrefixList of an exclusive canonicalization; null for none. Other canonicalizations are refused.</summary>
    public static string? ReadPrefixes(XmlElement canonicalization)
    {
        if (canonicalization.Attribute("Algorithm") != SamlNames.ExclusiveC14N)
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.3",
                $"The canonicalization is '{canonicalization.Attribute("Algorithm")}'; expected the exclusive one without comments, {SamlNames.ExclusiveC14N}.");
        return canonicalization.Elements() switch
        {
            [] => null,
            [var list] when list.Is("InclusiveNamespaces", SamlNames.ExclusiveC14N) => list.Attribute("PrefixList"),
            var parts => throw SamlRefusal.Create("X04", Clause,
                $"The canonicalization contains {Names(parts)}; expected InclusiveNamespaces or nothing."),
        };
    }

    private static bool IsInfoAndValue(XmlElement info, XmlElement value) =>
        info.Is("SignedInfo", SamlNames.Signature) && value.Is("SignatureValue", SamlNames.Signature);

    private static string Names(IReadOnlyList<XmlElement> elements) =>
        elements.Count == 0 ? "nothing" : string.Join(", ", elements.Select(element => element.LocalName));
}
