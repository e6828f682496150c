using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Judges one assertion (open first), in the order that leaks least and records last: syntax, header, key, signature, claims, replay.
/// </summary>
internal sealed class AssertionValidator(ServerSettings terms, AssertionIssuerRegistry parties, ReplayStore replays)
{
    private readonly ClaimRules _claims = new(terms, parties);

    /// <returns>Who signed it, and what it claims.</returns>
    /// <exception cref="RefusedException">A rule is broken.</exception>
    public ValidatedAssertion Judge(string assertion, AssertionUse use)
    {
        var jwt = SignedJwt.TryParse(assertion, out var rule, out var problem)
            ?? throw use.Refuse(rule, "RFC 7515 section 5.2", $"The {use.Noun} {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, use, terms);
        var party = FindParty(jwt, use);
        CheckSignature(jwt, party, algorithm, use);
        var judged = _claims.Check(jwt.Claims, party, use);
        // Only what is good in every other way may use up its id, and no two requests may use up the same (S16).
        if (use.IsSingleUse && !replays.TryRecord(judged.Issuer, judged.Id, judged.ExpiresAt))
            throw use.Refuse("S16", "RFC 7523 section 3 item 7",
                $"The {use.Noun}'s jti was seen before. A jti is single-use: make a new assertion for each request, retries included.");
        return judged;
    }

    // The key must be the issuer's own (RFC 8725 section 3.8), so the unverified claims say whose to try, and nothing more.
    private AssertionIssuer FindParty(SignedJwt jwt, AssertionUse use)
    {
        var (claim, rule) = use.IsClientAuthentication ? ("sub", "S11") : ("iss", "S10");
        if (jwt.Claims.Text(claim) is not { Length: > 0 } name)
            throw use.Refuse(rule, "RFC 7523 section 3 items 1 and 2", $"The {use.Noun} has no {claim}, or one that is no string.");
        return (use.IsClientAuthentication ? parties.Client(name)
                : use.IsOfTrustedIssuer ? parties.TrustedIssuer(name) : parties.GrantIssuer(name))
            ?? throw use.Refuse("S10", "RFC 7523 section 3 items 1 and 2",
                $"The {use.Noun}'s {claim} is '{name}', who is not registered here. Register the client, or correct its id.");
    }

    public static void CheckSignature(SignedJwt jwt, AssertionIssuer party, VerificationAlgorithm algorithm, AssertionUse use)
    {
        if (party.SigningAlgorithm is { } registered && registered != algorithm.Name)
            throw use.Refuse("S06", "RFC 8725 section 3.1",
                $"The {use.Noun} is signed by {algorithm.Name}, but '{party.Name}' is registered for {registered}.");
        var key = KeyRules.Choose(jwt.Header, party, algorithm, use);
        if (key.Disagreement(algorithm) is { } disagreement)
            throw use.Refuse("S06", "RFC 8725 section 3.1", $"The {use.Noun} is signed by {algorithm.Name}, but {disagreement}.");
        if (!key.Verifies(jwt.SigningInput, jwt.Signature, algorithm))
            throw use.Refuse("S08", "RFC 7523 section 3 item 9",
                $"The {use.Noun}'s signature does not verify with the key of '{party.Name}'. Was it signed with another key, or changed " +
                "after signing?");
    }
}

/// <summary>What a good assertion says.</summary>
internal sealed record ValidatedAssertion(AssertionIssuer AssertionIssuer, string Issuer, string Subject, string Id, DateTimeOffset ExpiresAt);
