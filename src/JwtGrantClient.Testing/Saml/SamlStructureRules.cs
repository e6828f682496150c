using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Checks the structure of an assertion, its Issuer and its AuthnStatement.</summary>
internal sealed class SamlStructureRules(ServerSettings settings)
{
    private const string Clause = "SAML Core section 2.3.3";

    // The order of the schema. The statements come last, in any order.
    private static readonly string[] Sequence = ["Issuer", "Signature", "Subject", "Conditions", "Advice"];
    private static readonly string[] Statements = ["AuthnStatement", "AttributeStatement", "AuthzDecisionStatement"];

    /// <summary>Checks that the document is one assertion of version 2.0 with an ID and its children in the order of the schema.</summary>
    public static void CheckStructure(XmlElement root)
    {
        if (!root.Is("Assertion"))
            throw SamlRefusal.Create("X02", "RFC 7522 section 2.1",
                $"The root is {root.LocalName} of '{root.NamespaceURI}'; expected the Assertion itself, of '{SamlNames.Assertion}', not in a Response and not encrypted.");
        if (root.SelfAndDescendants().Skip(1).Any(element => element.Is("Assertion")))
            throw SamlRefusal.Create("X02", "RFC 7522 section 2.1", "The assertion contains another Assertion; expected a single one.");
        if (root.Attribute("Version") != "2.0")
            throw SamlRefusal.Create("X02", Clause, $"The Version is '{root.Attribute("Version") ?? "missing"}'; expected '2.0'.");
        // An ID is an NCName: not empty and without a colon (SAML Core section 1.3.4; xs:ID).
        if (root.Attribute("ID") is not { } id || !IsNCName(id))
            throw SamlRefusal.Create("X02", "SAML Core section 1.3.4",
                $"The ID is '{root.Attribute("ID") ?? "missing"}'; expected an XML name that begins with a letter or _.");
        var previous = -1;
        foreach (var child in root.Elements())
        {
            var position = PositionOf(child);
            if (position < previous || (position == previous && position < Sequence.Length))
                throw SamlRefusal.Create("X02", Clause,
                    $"The element {child.LocalName} is unknown, repeated, or in the wrong place; expected {string.Join(", ", Sequence)} and the statements, in this order.");
            previous = position;
        }
    }

    /// <summary>Returns the name in the only Issuer element.</summary>
    public static string ReadIssuer(XmlElement assertion)
    {
        if (assertion.Elements("Issuer") is not [var issuer] || issuer.TextContent() is not { Length: > 0 } name)
            throw SamlRefusal.Create("X03", "item 1", "The assertion has no Issuer.");
        return issuer.Attribute("Format") is null or SamlNames.EntityFormat ? name : throw SamlRefusal.Create("X03", "SAML Core section 2.2.5",
            $"The Issuer's Format is '{issuer.Attribute("Format")}'; leave it out, because the issuer is an entity.");
    }

    /// <summary>
    /// Checks the AuthnStatement, which is present if the issuer authenticated the subject (RFC 7522 section 3 item 7). The assertion of a
    /// client that acts for itself has none.
    /// </summary>
    public void CheckAuthnStatement(XmlElement assertion)
    {
        var statements = assertion.Elements("AuthnStatement");
        if (statements.Count > 1)
            throw SamlRefusal.Create("X11", "item 7", $"The assertion has {statements.Count} AuthnStatements; expected one or none.");
        foreach (var statement in statements)
        {
            var instant = SamlTimes.Read(statement, "AuthnInstant", "X11")
                ?? throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The AuthnStatement has no AuthnInstant.");
            if (instant - settings.Now > settings.Options.FutureTolerance)
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The AuthnInstant is in the future. Compare the clocks.");
            if (SamlTimes.Read(statement, "SessionNotOnOrAfter", "X11") is { } end && settings.Now - end >= settings.Options.ClockSkew)
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The session of the AuthnStatement has ended.");
            if (statement.Elements("AuthnContext") is not [var context] || context.Elements().Count == 0
                || context.Elements("AuthnContextClassRef").Any(reference => string.IsNullOrWhiteSpace(reference.TextContent())))
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2.2",
                    "The AuthnStatement has no AuthnContext, or an empty one; expected an AuthnContextClassRef.");
        }
    }

    private static int PositionOf(XmlElement child) =>
        child.Is("Signature", SamlNames.Signature) ? Array.IndexOf(Sequence, "Signature")
        : child.NamespaceURI != SamlNames.Assertion || child.LocalName == "Signature" ? -1
        : Statements.Contains(child.LocalName) ? Sequence.Length
        : Array.IndexOf(Sequence, child.LocalName);

    private static bool IsNCName(string id)
    {
        try
        {
            return XmlConvert.VerifyNCName(id).Length > 0;
        }
        catch (Exception e) when (e is XmlException or ArgumentException)
        {
            return false;
        }
    }
}
