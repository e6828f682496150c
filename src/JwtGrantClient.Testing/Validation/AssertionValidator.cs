using System.Text.Json;
using JwtGrantClient.Testing.IdentityAssertions;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Validates a JWT assertion (RFC 7523 section 3): syntax, header, key, signature and claims, in this order. All broken rules are reported. The
/// <c>jti</c> is recorded last, and only if no rule is broken.
/// </summary>
internal sealed class AssertionValidator(ServerSettings settings, AssertionIssuerRegistry registry, ReplayStore replays)
{
    private readonly ClaimRules _claims = new(settings, registry);

    /// <param name="assertion">The assertion in the compact form.</param>
    /// <param name="use">What the assertion is used for.</param>
    /// <param name="record">The record of the request.</param>
    /// <returns>The signer of the assertion and its claims.</returns>
    /// <exception cref="RefusedException">The assertion breaks a rule.</exception>
    public ValidatedAssertion Validate(string assertion, AssertionUse use, RecordedRequest? record)
    {
        var rules = new BrokenRules(use, settings.Options.Leniency);
        var jwt = SignedJwt.Parse(assertion, use, rules);
        // The type of a grant decides its rules. Its refusals have the same error.
        if (ReferenceEquals(use, AssertionUse.Grant) && jwt?.Header is { } typed && HeaderRules.ReadType(typed) == IdJag.Type)
            use = AssertionUse.IdJagGrant;
        var algorithm = jwt?.Header is { } header ? HeaderRules.Check(header, use, settings, rules) : null;
        var issuer = jwt?.Claims is { } named ? FindIssuer(named, use, rules) : null;
        if (issuer?.RequiresIdJag == true && ReferenceEquals(use, AssertionUse.Grant))
            rules.Add("S09", IdJag.GrantClause, $"The {use.Name} of '{issuer.Name}' has another typ than {IdJag.Type}, or none; this server accepts only ID-JAGs of that issuer.");
        if (issuer is not null && algorithm is not null)
            SignatureRules.Check(jwt!, jwt!.Header!.Value, issuer, algorithm, use, rules);
        var validated = jwt?.Claims is { } claims ? _claims.Check(claims, issuer, use, rules) : null;
        // Only an assertion that is valid in every other way uses up its jti, and only one request may use it.
        if (use.IsSingleUse && validated is { Issuer: { } name, Id: { } id }
            && (rules.IsEmpty ? replays.FindOrRecord(name, id, validated.ExpiresAt, record?.Number ?? 0) : replays.Find(name, id)) is { } first)
            rules.Add("S16", use.IdClause,
                $"The {use.Name}'s jti is that of request {first} again. A jti is single-use: create a new assertion for each request, including retries.",
                nameof(Leniency.AllowReusedJti));
        rules.Conclude(record);
        return ReferenceEquals(use, AssertionUse.IdJagGrant) ? validated! with { IdJagClaims = jwt!.Claims } : validated!;
    }

    // The key must belong to the issuer (RFC 8725 section 3.8). The claim that names the issuer is not verified yet; it only selects the key.
    private AssertionIssuer? FindIssuer(JsonElement claims, AssertionUse use, BrokenRules rules)
    {
        var claim = use.IsClientAuthentication && claims.TryGetProperty("sub", out _) ? "sub" : "iss";
        if (claims.ReadText(claim, out var problem) is not { } name)
        {
            rules.Add(claim == "sub" ? "S11" : "S10", "RFC 7523 section 3 items 1 and 2", $"The {use.Name} {problem}.");
            return null;
        }
        var issuer = use.AllowsOwnIssuer && name == settings.Issuer ? registry.Own
            : use.IsClientAuthentication ? registry.FindClient(name)
            : use.RequiresTrustedIssuer ? registry.FindTrustedIssuer(name) : registry.FindGrantIssuer(name);
        if (issuer is null)
            rules.Add("S10", "RFC 7523 section 3 items 1 and 2",
                $"The {use.Name}'s {claim} is '{name}', which is {(use.RequiresTrustedIssuer ? "not trusted. Trust the issuer" : "not registered. Register the client or trust the issuer")}, or correct the claim.");
        else
            rules.Party = issuer.Leniency;
        return issuer;
    }
}

/// <summary>The signer and the claims of a valid assertion. While rules are checked, what is missing is null.</summary>
internal sealed record ValidatedAssertion(AssertionIssuer Signer, string Issuer, string Subject, string? Id, DateTimeOffset ExpiresAt)
{
    /// <summary>The claims of an ID-JAG; null for another assertion.</summary>
    public JsonElement? IdJagClaims { get; init; }
}
