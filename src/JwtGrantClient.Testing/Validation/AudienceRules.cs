using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Checks the audience of an assertion. Values are compared byte for byte, without any normalization (RFC 3986 section 6.2.1).
/// </summary>
internal sealed class AudienceRules(ServerSettings settings)
{
    private const string Clause = "RFC 7523 section 3 item 3, RFC 10070";

    public void Check(JsonElement claims, AssertionUse use, BrokenRules rules)
    {
        if (!claims.TryGetProperty("aud", out var aud))
        {
            rules.Add("S12", Clause, $"The {use.Name} has no aud; expected '{settings.Issuer}'.");
            return;
        }
        if (use.IsClientAuthentication && settings.Options.FapiMode && aud.ValueKind == JsonValueKind.Array)
            rules.Add("S12", "FAPI 2.0 section 5.3.2.1 item 8", $"The {use.Name}'s aud is a JSON array; FAPI 2.0 requires a string.");
        if (aud.ValueKind != JsonValueKind.Array)
            CheckValue(aud, use, rules);
        else if (aud.GetArrayLength() == 0)
            rules.Add("S12", Clause, $"The {use.Name}'s aud is an empty array; expected '{settings.Issuer}'.");
        else if (!use.AllowsTokenEndpointAudience && aud.GetArrayLength() > 1)
            rules.Add("S12", Clause, $"The {use.Name}'s aud has {aud.GetArrayLength()} values; expected only '{settings.Issuer}'.");
        else
            foreach (var value in aud.EnumerateArray())
                if (!CheckValue(value, use, rules))
                    return;
    }

    private bool CheckValue(JsonElement value, AssertionUse use, BrokenRules rules)
    {
        if (value.ValueKind != JsonValueKind.String)
            rules.Add("S12", Clause,
                $"The {use.Name} has 'aud' as, or with, a JSON {StrictJson.DescribeKind(value)}; expected the string '{settings.Issuer}'.");
        // A grant assertion may name the token endpoint. A client assertion may not: a malicious server could have given the client that URL
        // as its own (RFC 10070).
        else if (value.ValueEquals(settings.Issuer) || (use.AllowsTokenEndpointAudience && value.ValueEquals(settings.TokenEndpoint))
            || (use.AdditionalAudience is not null && value.ValueEquals(use.AdditionalAudience)))
            return true;
        else
            rules.Add("S12", Clause,
                $"The {use.Name}'s aud contains '{value}'; expected '{settings.Issuer}', byte for byte{(use.AllowsTokenEndpointAudience ? ", or the token endpoint" : "")}.");
        return false;
    }
}
