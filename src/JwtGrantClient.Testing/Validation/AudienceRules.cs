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
            rules.Add("S12", Clause, $"The {use.Name} has no aud; expected '{Expected(use)}'.");
        else if (aud.ValueKind != JsonValueKind.Array)
            CheckValue(aud, use, rules);
        else
        {
            if (use.IsClientAuthentication && settings.Options.FapiMode)
                rules.Add("S12", "FAPI 2.0 section 5.3.2.1 item 8", $"The {use.Name}'s aud is a JSON array; FAPI 2.0 requires a string.");
            CheckArray(aud, use, rules);
        }
    }

    private void CheckArray(JsonElement aud, AssertionUse use, BrokenRules rules)
    {
        var count = aud.GetArrayLength();
        if (count == 0)
            rules.Add("S12", Clause, $"The {use.Name}'s aud is an empty array; expected '{Expected(use)}'.");
        else if (aud.EnumerateArray().FirstOrDefault(value => value.ValueKind != JsonValueKind.String) is { ValueKind: not JsonValueKind.Undefined } odd)
            CheckValue(odd, use, rules);
        else if (!use.AllowsTokenEndpointAudience && count > 1)
        {
            rules.Add("S12", Clause, $"The {use.Name}'s aud has {count} values; expected only '{Expected(use)}'.", nameof(Leniency.AllowOtherAudiences));
            if (!aud.EnumerateArray().Any(value => IsServer(value, use)))
                CheckValue(FindTokenEndpoint(aud) ?? aud[0], use, rules);
        }
        else if (aud.EnumerateArray().FirstOrDefault(value => !IsServer(value, use)) is { ValueKind: not JsonValueKind.Undefined } other)
        {
            if (aud.EnumerateArray().Any(value => IsServer(value, use)))
                rules.Add("S12", "a rule of this server, which RFC 7519 section 4.1.3 leaves open",
                    $"The {use.Name}'s aud contains '{other}' in addition to this server. Another server could present it here: use one audience.",
                    nameof(Leniency.AllowOtherAudiences));
            else
                CheckValue(other, use, rules);
        }
    }

    private JsonElement? FindTokenEndpoint(JsonElement aud)
    {
        foreach (var value in aud.EnumerateArray())
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(settings.TokenEndpoint))
                return value;
        return null;
    }

    private void CheckValue(JsonElement value, AssertionUse use, BrokenRules rules)
    {
        if (value.ValueKind != JsonValueKind.String)
            rules.Add("S12", Clause,
                $"The {use.Name} has 'aud' as, or with, a JSON {StrictJson.DescribeKind(value)}; expected the string '{Expected(use)}'.");
        else if (!IsServer(value, use))
            rules.Add("S12", Clause,
                $"The {use.Name}'s aud contains '{value}'; expected '{Expected(use)}', byte for byte{(use.AllowsTokenEndpointAudience ? ", or the token endpoint" : "")}.",
                value.ValueEquals(settings.TokenEndpoint) ? nameof(Leniency.AllowTokenEndpointAudience) : null);
    }

    // A grant assertion may name the token endpoint. A client assertion may not: a malicious server could have given the client that URL
    // as its own (RFC 10070).
    private bool IsServer(JsonElement value, AssertionUse use) => value.ValueKind == JsonValueKind.String
        && (value.ValueEquals(Expected(use)) || (use.AllowsTokenEndpointAudience && value.ValueEquals(settings.TokenEndpoint))
            || (use.AdditionalAudience is not null && value.ValueEquals(use.AdditionalAudience)));

    private string Expected(AssertionUse use) => use.Audience ?? settings.Issuer;
}
