using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks the claims of an assertion (RFC 7523 section 3).</summary>
internal sealed class ClaimRules(ServerSettings settings, AssertionIssuerRegistry registry)
{
    private const int MinIdLength = 1, MaxIdLength = 256;

    private readonly AudienceRules _audience = new(settings);
    private readonly TimeRules _times = new(settings);

    public ValidatedAssertion Check(JsonElement claims, AssertionIssuer signer, AssertionUse use)
    {
        var (issuer, subject) = (claims.GetStringOrNull("iss"), claims.GetStringOrNull("sub"));
        if (string.IsNullOrEmpty(issuer))
            throw use.Refuse("S10", "RFC 7523 section 3 item 1", $"The {use.Name} has no iss, or one that is not a string.");
        if (string.IsNullOrEmpty(subject))
            throw use.Refuse("S11", "RFC 7523 section 3 item 2", $"The {use.Name} has no sub, or one that is not a string.");
        if (use.IsClientAuthentication && issuer != subject)
            throw use.Refuse("S10", "OpenID Connect Core section 9",
                $"The {use.Name}'s iss is '{issuer}' and its sub '{subject}'; both must be the client_id.");
        if (!use.IsClientAuthentication && !MayAssert(signer, subject))
            throw use.Refuse("S11", "RFC 7523 section 3 item 2",
                $"The {use.Name}'s sub is '{subject}'; '{signer.Name}' is not allowed to assert this subject.");
        _audience.Check(claims, use);
        var expiresAt = _times.Check(claims, use);
        return new(signer, issuer, subject, use.IsSingleUse ? CheckId(claims, use) : "", expiresAt);
    }

    // Users are not registered, so by default a client may assert any subject, except another client.
    private bool MayAssert(AssertionIssuer signer, string subject) =>
        signer.AllowedSubjects?.Contains(subject)
            ?? (signer.Client is null || subject == signer.Name || registry.FindClient(subject) is null);

    private static string CheckId(JsonElement claims, AssertionUse use)
    {
        const string Clause = "OpenID Connect Core section 9";
        if (!claims.TryGetProperty("jti", out var jti))
            throw use.Refuse("S16", Clause, $"The {use.Name} has no jti.");
        if (jti.ValueKind != JsonValueKind.String)
            throw use.Refuse("S16", Clause, $"The {use.Name}'s jti is not a string; expected {MinIdLength} to {MaxIdLength} characters.");
        var id = jti.GetString()!;
        return id.Length is >= MinIdLength and <= MaxIdLength
            ? id
            : throw use.Refuse("S16", Clause,
                $"The {use.Name}'s jti has {id.Length} characters; expected {MinIdLength} to {MaxIdLength} characters.");
    }
}
