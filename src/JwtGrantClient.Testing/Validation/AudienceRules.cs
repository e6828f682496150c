using System.Text.Json;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// For whom an assertion is (S12): compared as strings, byte for byte, no slash added or taken off (RFC 3986 section 6.2.1).
/// </summary>
internal sealed class AudienceRules(ServerSettings terms)
{
    private const string Clause = "RFC 7523 section 3 item 3, RFC 10070";

    public void Check(JsonElement claims, AssertionUse use)
    {
        if (!claims.TryGetProperty("aud", out var aud))
            throw use.Refuse("S12", Clause, $"The {use.Noun} has no aud; expected '{terms.Issuer}'.");
        if (use.IsClientAuthentication && terms.Options.FapiMode && aud.ValueKind != JsonValueKind.String)
            throw use.Refuse("S12", "FAPI 2.0 section 5.3.3.1", $"The {use.Noun}'s aud must be a string here; it is {aud.ValueKind}.");
        var audiences = aud.ValueKind == JsonValueKind.Array ? aud.EnumerateArray().ToList() : [aud];
        if (audiences.Count == 0 || audiences.Exists(one => one.ValueKind != JsonValueKind.String)
            || (!use.MayNameTokenEndpoint && audiences.Count > 1))
            throw use.Refuse("S12", Clause,
                $"The {use.Noun}'s aud has {audiences.Count} members or one that is no string; expected the one string '{terms.Issuer}'.");
        // A grant may name the token endpoint too; client authentication may not, for another server could have told the client that
        // address.
        var other = audiences.Select(one => one.GetString()).FirstOrDefault(
            seen => seen != terms.Issuer && (!use.MayNameTokenEndpoint || seen != terms.TokenEndpoint)
                && (use.OtherAudience is null || seen != use.OtherAudience));
        if (other is not null)
            throw use.Refuse("S12", Clause,
                $"The {use.Noun}'s aud has '{other}'; expected '{terms.Issuer}', byte for " +
                $"byte{(use.MayNameTokenEndpoint ? ", or the token endpoint" : "")}.");
    }
}
