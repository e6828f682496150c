using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Checks the NameID of the Subject and its bearer SubjectConfirmation.</summary>
internal sealed class SubjectRules(ServerSettings settings, SamlTimes times)
{
    /// <returns>The text of the NameID.</returns>
    public static string CheckNameId(XmlElement assertion, AssertionIssuer issuer)
    {
        if (assertion.Elements("Subject") is not [var subject])
            throw SamlRefusal.Create("X09", "item 3", "The assertion has no Subject.");
        if (subject.Elements("NameID") is not [var nameId] || nameId.TextContent() is not { } name || string.IsNullOrWhiteSpace(name))
            throw SamlRefusal.Create("X09", "item 3", "The Subject has no NameID, or an empty one. This server does not decrypt an EncryptedID.");
        return issuer.AllowedSubjects?.Contains(name) != false
            ? name
            : throw SamlRefusal.Create("X09", "item 3", $"The NameID is '{name}'; '{issuer.Name}' is not allowed to assert this subject.");
    }

    /// <param name="assertion">The assertion.</param>
    /// <param name="conditionsEnd">The end of its Conditions; null if they have none.</param>
    /// <param name="checksRecipient">Whether the recipient is this server.</param>
    /// <returns>The time from which the assertion can no longer be used.</returns>
    public DateTimeOffset CheckConfirmation(XmlElement assertion, DateTimeOffset? conditionsEnd, bool checksRecipient)
    {
        // One valid bearer confirmation is enough. Confirmations with other methods are ignored.
        var bearers = assertion.Elements("Subject")[0].Elements("SubjectConfirmation")
            .Where(confirmation => confirmation.Attribute("Method") == SamlNames.Bearer).ToList();
        var problems = new List<string>();
        foreach (var bearer in bearers)
        {
            if (FindProblem(bearer, conditionsEnd, checksRecipient) is { } problem)
                problems.Add(problem);
            else if (bearer.Elements("SubjectConfirmationData") is [var data] && SamlTimes.Read(data, "NotOnOrAfter", "X10") is { } end)
                return end < conditionsEnd ? end : conditionsEnd ?? end;
            else
                return conditionsEnd!.Value;
        }
        throw SamlRefusal.Create("X10", "item 5", problems.Count > 0
            ? string.Join(' ', problems)
            : $"The Subject has no SubjectConfirmation with the Method '{SamlNames.Bearer}'.");
    }

    // InResponseTo is ignored: it belongs to the browser profile.
    private string? FindProblem(XmlElement bearer, DateTimeOffset? conditionsEnd, bool checksRecipient)
    {
        if (bearer.Elements("SubjectConfirmationData") is not [var data])
            return conditionsEnd is null
                ? "Neither the Conditions nor the SubjectConfirmationData have a NotOnOrAfter, so the assertion would never expire."
                : null;
        return data.Attribute("Recipient") is not { } recipient
                ? $"The SubjectConfirmationData has no Recipient; expected '{settings.TokenEndpoint}'."
            : checksRecipient && recipient != settings.TokenEndpoint
                ? $"The Recipient is '{recipient}'; expected the token endpoint, '{settings.TokenEndpoint}', byte for byte."
            : data.Attribute("NotOnOrAfter") is null ? "The SubjectConfirmationData has no NotOnOrAfter."
            : times.FindProblem(data, "X10");
    }
}
