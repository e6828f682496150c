using System.Xml;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// The one shape of signature that is taken (X04; SAML Core section 5.4): a child of the assertion, over the assertion, by one reference
/// with the two transforms. Whatever else XML Signature allows is where signatures are wrapped.
/// </summary>
internal static class SamlSignatureStructure
{
    private const string Clause = "SAML Core section 5.4";

    /// <summary>The only signature of the document, a child of its root; and no other element goes by the root's id.</summary>
    public static XmlElement Find(XmlElement assertion)
    {
        var signatures = assertion.Everything().Where(element => element.Is("Signature", SamlNames.Signature)).ToList();
        if (signatures.Count != 1 || signatures[0].ParentNode != assertion)
            throw SamlRefusal.Create("X04", signatures.Count == 0 ? "item 9" : Clause, signatures.Count == 0
                ? "The SAML assertion is not signed. Sign it, with an enveloped signature."
                : $"The document has {signatures.Count} signatures, or one that is not the assertion's own child; expected one, right " +
                    "after the Issuer.");
        var id = assertion.Text("ID");
        var owners = assertion.Everything().SelectMany(element => element.Attributes.OfType<XmlAttribute>())
            .Count(attribute => attribute.LocalName.Equals("id", StringComparison.OrdinalIgnoreCase) && attribute.Value == id);
        return owners == 1 ? signatures[0] : throw SamlRefusal.Create("X04", "SAML Core section 1.3.4",
            $"{owners} elements have the ID '{id}'; an ID belongs to one.");
    }

    /// <summary>Its parts: what is signed, and the value.</summary>
    public static (XmlElement SignedInfo, XmlElement Value) Split(XmlElement signature) => signature.Elements() switch
    {
        [var info, var value] when IsPair(info, value) => (info, value),
        // KeyInfo may be there; nothing reads it.
        [var info, var value, var keyInfo] when IsPair(info, value) && keyInfo.Is("KeyInfo", SamlNames.Signature) => (info, value),
        var parts => throw SamlRefusal.Create("X04", Clause,
            $"The Signature holds {Names(parts)}; expected SignedInfo, SignatureValue and, at will, KeyInfo."),
    };

    /// <summary>The parts of SignedInfo.</summary>
    public static (XmlElement Canonicalization, XmlElement Method, XmlElement Reference) Open(XmlElement signedInfo) => signedInfo.Elements() switch
    {
        [var c14n, var method, var reference] when c14n.Is("CanonicalizationMethod", SamlNames.Signature)
            && method.Is("SignatureMethod", SamlNames.Signature) && reference.Is("Reference", SamlNames.Signature) => (c14n, method, reference),
        var parts => throw SamlRefusal.Create("X04", Clause,
            $"The SignedInfo holds {Names(parts)}; expected CanonicalizationMethod, SignatureMethod and one Reference."),
    };

    /// <summary>
    /// What the reference says of the digest, and the prefixes for its canonicalisation; it must be a reference to the assertion.
    /// </summary>
    public static (XmlElement Method, XmlElement Value, string? Prefixes) Follow(XmlElement reference, string id)
    {
        if (reference.Text("URI") != $"#{id}")
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.2",
                $"The signature covers '{reference.Text("URI") ?? "nothing by name"}'; expected the assertion, '#{id}'.");
        if (reference.Elements() is not [var transforms, var method, var value] || !transforms.Is("Transforms", SamlNames.Signature)
            || !method.Is("DigestMethod", SamlNames.Signature) || !value.Is("DigestValue", SamlNames.Signature))
            throw SamlRefusal.Create("X04", Clause, $"The Reference holds {Names(reference.Elements())}; expected Transforms, DigestMethod " +
                "and DigestValue.");
        if (transforms.Elements() is not [var first, var second] || first.Text("Algorithm") != SamlNames.Enveloped || first.Elements().Count > 0)
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.4",
                $"The transforms are {string.Join(", ", transforms.Elements().Select(transform => transform.Text("Algorithm")))}; " +
                "expected the enveloped signature and exclusive canonicalisation, in this order.");
        return (method, value, Prefixes(second));
    }

    /// <summary>The PrefixList of an exclusive canonicalisation, which it must be.</summary>
    public static string? Prefixes(XmlElement canonicalization)
    {
        if (canonicalization.Text("Algorithm") != SamlNames.ExclusiveC14N)
            throw SamlRefusal.Create("X04", "SAML Core section 5.4.3",
                $"The canonicalisation is '{canonicalization.Text("Algorithm")}'; expected the exclusive one without comments, " +
                $"{SamlNames.ExclusiveC14N}.");
        return canonicalization.Elements() switch
        {
            [] => null,
            [var list] when list.Is("InclusiveNamespaces", SamlNames.ExclusiveC14N) => list.Text("PrefixList"),
            var parts => throw SamlRefusal.Create("X04", Clause, $"The canonicalisation holds {Names(parts)}; expected InclusiveNamespaces " +
                "or nothing."),
        };
    }

    private static bool IsPair(XmlElement info, XmlElement value) =>
        info.Is("SignedInfo", SamlNames.Signature) && value.Is("SignatureValue", SamlNames.Signature);

    private static string Names(IReadOnlyList<XmlElement> elements) =>
        elements.Count == 0 ? "nothing" : string.Join(", ", elements.Select(element => element.LocalName));
}
