using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>What the assertion is made of (X02, X03, X11).</summary>
internal sealed class SamlStructureRules(ServerSettings terms)
{
    private const string Core = "SAML Core section 2.3.3";

    // The schema's sequence. Statements come last, in any order among them.
    private static readonly string[] Sequence = ["Issuer", "Signature", "Subject", "Conditions", "Advice"];
    private static readonly string[] Statements = ["AuthnStatement", "AttributeStatement", "AuthzDecisionStatement"];

    /// <summary>One assertion of version 2.0 with an id, and nothing around it.</summary>
    public static void CheckFrame(XmlElement root)
    {
        if (!root.Is("Assertion"))
            throw SamlRefusal.Create("X02", "RFC 7522 section 2.1",
                $"The root is {root.LocalName} of '{root.NamespaceURI}'; expected the Assertion itself, of '{SamlNames.Assertion}', " +
                "neither in a Response nor encrypted.");
        if (root.Everything().Skip(1).Any(element => element.Is("Assertion")))
            throw SamlRefusal.Create("X02", "RFC 7522 section 2.1", "There is an Assertion within the assertion; expected a single one.");
        if (root.Text("Version") != "2.0")
            throw SamlRefusal.Create("X02", Core, $"The Version is '{root.Text("Version") ?? "missing"}'; expected '2.0'.");
        // An NCName is not empty and has no colon (SAML Core section 1.3.4; xs:ID).
        if (root.Text("ID") is not { } id || !IsName(id))
            throw SamlRefusal.Create("X02", "SAML Core section 1.3.4", $"The ID is '{root.Text("ID") ?? "missing"}'; expected an XML name " +
                "that begins with a letter or _.");
        var previous = -1;
        foreach (var child in root.Elements())
        {
            var place = Place(child);
            if (place < previous || (place == previous && place < Sequence.Length))
                throw SamlRefusal.Create("X02", Core,
                    $"The element {child.LocalName} is unknown, there twice, or in the wrong place; expected " +
                    $"{string.Join(", ", Sequence)} and the statements, in this order.");
            previous = place;
        }
    }

    /// <summary>Who issued it, by the one Issuer that is there.</summary>
    public static string IssuerOf(XmlElement assertion)
    {
        if (assertion.Elements("Issuer") is not [var issuer] || issuer.Text() is not { Length: > 0 } name)
            throw SamlRefusal.Create("X03", "item 1", "The assertion has no Issuer.");
        return issuer.Text("Format") is null or SamlNames.EntityFormat ? name : throw SamlRefusal.Create("X03", "SAML Core section 2.2.5",
            $"The Issuer's Format is '{issuer.Text("Format")}'; leave it out, the issuer is an entity.");
    }

    /// <summary>
    /// An AuthnStatement is there if the issuer authenticated the subject, and then once; a client that acts by itself has none.
    /// </summary>
    public void CheckAuthentication(XmlElement assertion)
    {
        var statements = assertion.Elements("AuthnStatement");
        if (statements.Count > 1)
            throw SamlRefusal.Create("X11", "item 7", $"The assertion has {statements.Count} AuthnStatements; expected one, or none.");
        foreach (var statement in statements)
        {
            var instant = SamlTimes.Read(statement, "AuthnInstant", "X11")
                ?? throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The AuthnStatement has no AuthnInstant.");
            if (instant - terms.Now > terms.Options.FutureTolerance)
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The AuthnInstant lies in the future. Compare the clocks.");
            if (SamlTimes.Read(statement, "SessionNotOnOrAfter", "X11") is { } end && terms.Now - end >= terms.Options.ClockSkew)
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2", "The session that the AuthnStatement tells of has ended.");
            if (statement.Elements("AuthnContext") is not [var context] || context.Elements().Count == 0
                || context.Elements("AuthnContextClassRef").Any(reference => string.IsNullOrWhiteSpace(reference.Text())))
                throw SamlRefusal.Create("X11", "SAML Core section 2.7.2.2", "The AuthnStatement has no AuthnContext that says anything; " +
                    "expected an AuthnContextClassRef.");
        }
    }

    private static int Place(XmlElement child) =>
        child.Is("Signature", SamlNames.Signature) ? Array.IndexOf(Sequence, "Signature")
        : child.NamespaceURI != SamlNames.Assertion || child.LocalName == "Signature" ? -1
        : Statements.Contains(child.LocalName) ? Sequence.Length
        : Array.IndexOf(Sequence, child.LocalName);

    private static bool IsName(string id)
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
