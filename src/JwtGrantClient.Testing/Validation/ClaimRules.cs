using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>What the claims of an assertion must say (RFC 7523 section 3, S10 to S16).</summary>
internal sealed class ClaimRules(ServerSettings terms, AssertionIssuerRegistry parties)
{
    private const int MinimumIdLength = 1, MaximumIdLength = 256;

    private readonly AudienceRules _audience = new(terms);
    private readonly TimeRules _times = new(terms);

    public ValidatedAssertion Check(JsonElement claims, AssertionIssuer party, AssertionUse use)
    {
        var (issuer, subject) = (claims.Text("iss"), claims.Text("sub"));
        if (string.IsNullOrEmpty(issuer))
            throw use.Refuse("S10", "RFC 7523 section 3 item 1", $"The {use.Noun} has no iss, or one that is no string.");
        if (string.IsNullOrEmpty(subject))
            throw use.Refuse("S11", "RFC 7523 section 3 item 2", $"The {use.Noun} has no sub, or one that is no string.");
        if (use.IsClientAuthentication && issuer != subject)
            throw use.Refuse("S10", "OpenID Connect Core section 9",
                $"The {use.Noun}'s iss is '{issuer}' and its sub '{subject}'; both must be the client_id.");
        if (!use.IsClientAuthentication && !MaySpeakFor(party, subject))
            throw use.Refuse("S11", "RFC 7523 section 3 item 2",
                $"The {use.Noun}'s sub is '{subject}', for whom '{party.Name}' may not speak.");
        _audience.Check(claims, use);
        var expiresAt = _times.Check(claims, use);
        return new(party, issuer, subject, use.IsSingleUse ? CheckId(claims, use) : "", expiresAt);
    }

    // Users are not registered here, so a client may name any; but another client's identity is not a client's to take (S11).
    private bool MaySpeakFor(AssertionIssuer party, string subject) =>
        party.AllowedSubjects?.Contains(subject) ?? (party.Client is null || subject == party.Name || parties.Client(subject) is null);

    private static string CheckId(JsonElement claims, AssertionUse use) =>
        claims.Text("jti") is { Length: >= MinimumIdLength and <= MaximumIdLength } id
        ? id
        : throw use.Refuse("S16", "OpenID Connect Core section 9", claims.TryGetProperty("jti", out var jti)
            ? $"The {use.Noun}'s jti is " +
                $"{(jti.ValueKind == JsonValueKind.String ? $"{jti.GetString()!.Length} characters long" : "no string")}; expected " +
                $"{MinimumIdLength} to {MaximumIdLength} characters."
            : $"The {use.Noun} has no jti.");
}
