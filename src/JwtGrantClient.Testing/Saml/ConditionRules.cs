using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>The Conditions (X07, X08; SAML Core section 2.5): all must hold, and one that is not understood does not.</summary>
internal sealed class ConditionRules(ServerSettings terms, SamlTimes times)
{
    private const string AudienceClause = "RFC 7522 section 3 item 2, RFC 10070";

    // OneTimeUse holds anyway (X12), and ProxyRestriction binds only who would issue an assertion by this one.
    private static readonly string[] Understood = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];

    /// <returns>When they end; null where they do not.</returns>
    public DateTimeOffset? Check(XmlElement assertion)
    {
        if (assertion.Elements("Conditions") is not [var conditions])
            throw SamlRefusal.Create("X08", AudienceClause, "The assertion has no Conditions, which hold its audience; expected " +
                $"'{terms.Issuer}'.");
        if (times.Problem(conditions, "X07") is { } problem)
            throw SamlRefusal.Create("X07", "item 6", problem);
        if (conditions.Elements().FirstOrDefault(child => !Understood.Any(name => child.Is(name))) is { } unknown)
            throw SamlRefusal.Create("X07", "item 11", $"There is a condition {unknown.LocalName}, which this server does not understand. " +
                "Leave it out.");
        CheckAudience(conditions);
        return SamlTimes.Read(conditions, "NotOnOrAfter");
    }

    // Of the audiences in one restriction any will do, but each restriction must be met (SAML Core section 2.5.1.4). Byte for byte.
    private void CheckAudience(XmlElement conditions)
    {
        var restrictions = conditions.Elements("AudienceRestriction");
        if (restrictions.Count == 0)
            throw SamlRefusal.Create("X08", AudienceClause, "The assertion has no AudienceRestriction; expected one with the Audience " +
                $"'{terms.Issuer}'.");
        foreach (var restriction in restrictions)
        {
            var audiences = restriction.Elements("Audience").Select(audience => audience.Text()).ToList();
            if (!audiences.Any(audience => audience == terms.Issuer || audience == terms.TokenEndpoint))
                throw SamlRefusal.Create("X08", AudienceClause,
                    $"The Audience is '{string.Join("', '", audiences)}'; expected '{terms.Issuer}', byte for byte, or the token endpoint.");
        }
    }
}
