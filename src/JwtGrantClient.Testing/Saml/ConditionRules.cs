using System.Xml;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>
/// Checks the Conditions of an assertion (SAML Core section 2.5). All of them must be met; an unknown condition is refused.
/// </summary>
internal sealed class ConditionRules(ServerSettings settings, SamlTimes times)
{
    private const string AudienceClause = "RFC 7522 section 3 item 2, RFC 10070";

    // Every assertion is single-use here, so OneTimeUse adds nothing. ProxyRestriction concerns only parties that issue further assertions
    // based on this one.
    private static readonly string[] KnownConditions = ["AudienceRestriction", "OneTimeUse", "ProxyRestriction"];

    /// <param name="assertion">The assertion.</param>
    /// <param name="clientId">The only audience, in place of this server; null for this server.</param>
    /// <returns>The end of the Conditions; null if they have none.</returns>
    public DateTimeOffset? Check(XmlElement assertion, string? clientId)
    {
        if (assertion.Elements("Conditions") is not [var conditions])
            throw SamlRefusal.Create("X08", AudienceClause,
                $"The assertion has no Conditions, which contain its audience; expected '{clientId ?? settings.Issuer}'.");
        if (times.FindProblem(conditions, "X07") is { } problem)
            throw SamlRefusal.Create("X07", "item 6", problem);
        if (conditions.Elements().FirstOrDefault(child => !KnownConditions.Any(name => child.Is(name))) is { } unknown)
            throw SamlRefusal.Create("X07", "item 11",
                $"The assertion has the condition {unknown.LocalName}, which this server does not know. Leave it out.");
        CheckAudience(conditions, clientId);
        return SamlTimes.Read(conditions, "NotOnOrAfter");
    }

    // Each restriction must be met; one audience of a restriction is enough (SAML Core section 2.5.1.4). Compared byte for byte.
    private void CheckAudience(XmlElement conditions, string? clientId)
    {
        var restrictions = conditions.Elements("AudienceRestriction");
        if (restrictions.Count == 0)
            throw SamlRefusal.Create("X08", AudienceClause,
                $"The assertion has no AudienceRestriction; expected one with the Audience '{clientId ?? settings.Issuer}'.");
        foreach (var restriction in restrictions)
        {
            var audiences = restriction.Elements("Audience").Select(audience => audience.TextContent()).ToList();
            if (clientId is not null && !audiences.Contains(clientId))
                throw SamlRefusal.Create("X08", AudienceClause, $"The Audience is '{string.Join("', '", audiences)}'; expected the client, '{clientId}'.");
            if (clientId is null && !audiences.Any(audience => audience == settings.Issuer || audience == settings.TokenEndpoint))
                throw SamlRefusal.Create("X08", AudienceClause,
                    $"The Audience is '{string.Join("', '", audiences)}'; expected '{settings.Issuer}', byte for byte, or the token endpoint.");
        }
    }
}
