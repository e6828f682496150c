using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Validates a JWT assertion (RFC 7523 section 3): syntax, header, key, signature and claims, in this order. The <c>jti</c> is recorded
/// last.
/// </summary>
internal sealed class AssertionValidator(ServerSettings settings, AssertionIssuerRegistry registry, ReplayStore replays)
{
    private readonly ClaimRules _claims = new(settings, registry);

    /// <param name="assertion">The assertion in the compact form.</param>
    /// <param name="use">What the assertion is used for.</param>
    /// <param name="request">The number of the request.</param>
    /// <returns>The signer of the assertion and its claims.</returns>
    /// <exception cref="RefusedException">The assertion breaks a rule.</exception>
    public ValidatedAssertion Validate(string assertion, AssertionUse use, int request)
    {
        var jwt = SignedJwt.TryParse(assertion, out var rule, out var problem)
            ?? throw use.Refuse(rule, "RFC 7515 section 5.2", $"The {use.Name} {problem}.");
        var algorithm = HeaderRules.Check(jwt.Header, use, settings);
        var issuer = FindIssuer(jwt, use);
        CheckSignature(jwt, issuer, algorithm, use);
        var validated = _claims.Check(jwt.Claims, issuer, use);
        // Only an assertion that is valid in every other way uses up its jti, and only one request may use it.
        if (use.IsSingleUse && replays.FindOrRecord(validated.Issuer, validated.Id, validated.ExpiresAt, request) is { } first)
            throw use.Refuse("S16", "RFC 7523 section 3 item 7",
                $"The {use.Name}'s jti is that of request {first} again. A jti is single-use: create a new assertion for each request, including retries.");
        return validated;
    }

    // The key must belong to the issuer (RFC 8725 section 3.8). The claim that names the issuer is not verified yet; it only selects the key.
    private AssertionIssuer FindIssuer(SignedJwt jwt, AssertionUse use)
    {
        var (claim, rule) = use.IsClientAuthentication ? ("sub", "S11") : ("iss", "S10");
        if (jwt.Claims.GetStringOrNull(claim) is not { Length: > 0 } name)
            throw use.Refuse(rule, "RFC 7523 section 3 items 1 and 2", $"The {use.Name} has no {claim}, or one that is not a string.");
        return (use.IsClientAuthentication ? registry.FindClient(name)
                : use.RequiresTrustedIssuer ? registry.FindTrustedIssuer(name) : registry.FindGrantIssuer(name))
            ?? throw use.Refuse("S10", "RFC 7523 section 3 items 1 and 2",
                $"The {use.Name}'s {claim} is '{name}', which is not registered. Register the client or trust the issuer, or correct the claim.");
    }

    public static void CheckSignature(SignedJwt jwt, AssertionIssuer issuer, VerificationAlgorithm algorithm, AssertionUse use)
    {
        if (issuer.SigningAlgorithm is { } registered && registered != algorithm.Name)
            throw use.Refuse("S06", "RFC 8725 section 3.1",
                $"The {use.Name} is signed with {algorithm.Name}, but '{issuer.Name}' is registered for {registered}.");
        var key = KeyRules.Select(jwt.Header, issuer, algorithm, use);
        if (key.DescribeMismatch(algorithm) is { } mismatch)
            throw use.Refuse("S06", "RFC 8725 section 3.1", $"The {use.Name} is signed with {algorithm.Name}, but {mismatch}.");
        if (!key.Verify(jwt.SigningInput, jwt.Signature, algorithm))
            throw use.Refuse("S08", "RFC 7523 section 3 item 9",
                $"The {use.Name}'s signature does not verify with the key of '{issuer.Name}'. Was it signed with another key, or changed after signing?");
    }
}

/// <summary>The signer and the claims of a valid assertion.</summary>
internal sealed record ValidatedAssertion(AssertionIssuer Signer, string Issuer, string Subject, string Id, DateTimeOffset ExpiresAt);
