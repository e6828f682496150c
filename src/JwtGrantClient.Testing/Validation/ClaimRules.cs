using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks the claims of an assertion (RFC 7523 section 3).</summary>
internal sealed class ClaimRules(ServerSettings settings, AssertionIssuerRegistry registry)
{
    private const int MaxIdLength = 256;

    private readonly AudienceRules _audience = new(settings);
    private readonly TimeRules _times = new(settings);

    /// <summary>Checks the claims, except the one that names the signer.</summary>
    /// <param name="claims">The claims.</param>
    /// <param name="signer">The signer; null if it is unknown, which is reported already.</param>
    /// <param name="use">The use of the assertion.</param>
    /// <param name="rules">The broken rules, to which this method adds.</param>
    public ValidatedAssertion Check(JsonElement claims, AssertionIssuer? signer, AssertionUse use, BrokenRules rules)
    {
        var (issuer, subject) = (claims.ReadText("iss", out var issuerProblem), claims.ReadText("sub", out var subjectProblem));
        var hasSubject = claims.TryGetProperty("sub", out _);
        if (issuer is null && use.IsClientAuthentication && hasSubject)
            rules.Add("S10", "RFC 7523 section 3 item 1", $"The {use.Name} {issuerProblem}.");
        if (subject is null && !(use.IsClientAuthentication && hasSubject))
            rules.Add("S11", "RFC 7523 section 3 item 2", $"The {use.Name} {subjectProblem}.", hasSubject ? null : nameof(Leniency.AllowMissingSub));
        if (!hasSubject)
            subject = issuer;
        if (use.IsClientAuthentication && issuer is not null && subject is not null && issuer != subject)
            rules.Add("S10", "OpenID Connect Core section 9",
                $"The {use.Name}'s iss is '{issuer}' and its sub '{subject}'; both must be the client_id.");
        if (!use.IsClientAuthentication && signer is not null && subject is not null && !MayAssert(signer, subject))
            rules.Add("S11", "RFC 7523 section 3 item 2",
                $"The {use.Name}'s sub is '{subject}'; '{signer.Name}' is not allowed to assert this subject.");
        _audience.Check(claims, use, rules);
        var expiresAt = _times.Check(claims, use, rules);
        return new(signer!, issuer!, subject!, use.IsSingleUse || use.RequiresId ? ReadId(claims, use, rules) : null, expiresAt);
    }

    // Users are not registered, so by default a client may assert any subject, except another client.
    private bool MayAssert(AssertionIssuer signer, string subject) =>
        signer.AllowedSubjects?.Contains(subject)
            ?? (signer.Client is null || subject == signer.Name || registry.FindClient(subject) is null);

    private static string? ReadId(JsonElement claims, AssertionUse use, BrokenRules rules)
    {
        var id = claims.ReadText("jti", out var problem);
        if (id is null)
            rules.Add("S16", use.IdClause, $"The {use.Name} {problem}.", claims.TryGetProperty("jti", out _) ? null : nameof(Leniency.AllowMissingJti));
        else if (id.Length > MaxIdLength)
            rules.Add("S16", use.IdClause, $"The {use.Name}'s jti has {id.Length} characters; expected at most {MaxIdLength}.");
        else
            return id;
        return null;
    }
}
