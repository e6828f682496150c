using System.Text.Json;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Checks the audience of an assertion. Values are compared byte for byte, without any normalization (RFC 3986 section 6.2.1).
/// </summary>
internal sealed class AudienceRules(ServerSettings settings)
{
    private const string Clause = "RFC 7523 section 3 item 3, RFC 10070";

    public void Check(JsonElement claims, AssertionUse use)
    {
        if (!claims.TryGetProperty("aud", out var aud))
            throw use.Refuse("S12", Clause, $"The {use.Name} has no aud; expected '{settings.Issuer}'.");
        if (use.IsClientAuthentication && settings.Options.FapiMode && aud.ValueKind != JsonValueKind.String)
            throw use.Refuse("S12", "FAPI 2.0 section 5.3.2.1 item 8",
                $"The {use.Name}'s aud is a JSON {aud.ValueKind.ToString().ToLowerInvariant()}; FAPI 2.0 requires a string.");
        var audiences = aud.ValueKind == JsonValueKind.Array ? aud.EnumerateArray().ToList() : [aud];
        if (audiences.Count == 0 || audiences.Exists(audience => audience.ValueKind != JsonValueKind.String)
            || (!use.AllowsTokenEndpointAudience && audiences.Count > 1))
            throw use.Refuse("S12", Clause,
                $"The {use.Name}'s aud has {audiences.Count} members, or one that is not a string; expected the one string '{settings.Issuer}'.");
        // A grant assertion may name the token endpoint. A client assertion may not: a malicious server could have given the client that URL
        // as its own (RFC 10070).
        var unexpected = audiences.Select(audience => audience.GetString()).FirstOrDefault(
            audience => audience != settings.Issuer && (!use.AllowsTokenEndpointAudience || audience != settings.TokenEndpoint)
                && (use.AdditionalAudience is null || audience != use.AdditionalAudience));
        if (unexpected is not null)
            throw use.Refuse("S12", Clause,
                $"The {use.Name}'s aud contains '{unexpected}'; expected '{settings.Issuer}', byte for byte{(use.AllowsTokenEndpointAudience ? ", or the token endpoint" : "")}.");
    }
}
