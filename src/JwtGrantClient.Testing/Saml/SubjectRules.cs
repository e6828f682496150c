using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Of whom the assertion speaks (X09), and that whoever bears it may speak so here and now (X10).</summary>
internal sealed class SubjectRules(ServerSettings terms, SamlTimes times)
{
    public static string CheckName(XmlElement assertion, AssertionIssuer party)
    {
        if (assertion.Elements("Subject") is not [var subject])
            throw SamlRefusal.Create("X09", "item 3", "The assertion has no Subject.");
        if (subject.Elements("NameID") is not [var name] || name.Text() is not { } text || string.IsNullOrWhiteSpace(text))
            throw SamlRefusal.Create("X09", "item 3", "The Subject has no NameID, or one without a name. An EncryptedID cannot be read here.");
        return party.AllowedSubjects?.Contains(text) != false
            ? text
            : throw SamlRefusal.Create("X09", "item 3", $"The NameID is '{text}', for whom '{party.Name}' may not speak.");
    }

    /// <param name="assertion">The assertion.</param>
    /// <param name="conditionsEnd">When its Conditions end; null where they do not.</param>
    /// <returns>When the assertion can no longer be used.</returns>
    public DateTimeOffset CheckConfirmation(XmlElement assertion, DateTimeOffset? conditionsEnd)
    {
        // Any bearer confirmation that holds will do; those of other methods are for others.
        var bearers = assertion.Elements("Subject")[0].Elements("SubjectConfirmation").Where(one => one.Text("Method") == SamlNames.Bearer).ToList();
        var problems = new List<string>();
        foreach (var bearer in bearers)
        {
            if (Problem(bearer, conditionsEnd) is { } problem)
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

    private string? Problem(XmlElement bearer, DateTimeOffset? conditionsEnd)
    {
        if (bearer.Elements("SubjectConfirmationData") is not [var data])
            return conditionsEnd is null ? "Neither the Conditions nor a SubjectConfirmationData have a NotOnOrAfter; the assertion " +
                "would never end." : null;
        // An InResponseTo would answer a request that nobody made; it is of the browser's profile.
        return data.Text("Recipient") is not { } recipient ? "The SubjectConfirmationData has no Recipient; expected " +
            $"'{terms.TokenEndpoint}'."
            : recipient != terms.TokenEndpoint ? $"The Recipient is '{recipient}'; expected the token endpoint, " +
                $"'{terms.TokenEndpoint}', byte for byte."
            : data.Text("NotOnOrAfter") is null ? "The SubjectConfirmationData has no NotOnOrAfter."
            : times.Problem(data, "X10");
    }
}
