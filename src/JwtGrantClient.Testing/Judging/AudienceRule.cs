using System.Text.Json;
using JwtGrantClient.Testing.Jwt;

namespace JwtGrantClient.Testing.Judging;

/// <summary>S12: whom the assertion is meant for, by simple string comparison (RFC 3986 section 6.2.1).</summary>
internal static class AudienceRule
{
    private const string Clause = "RFC 7523 section 3 item 3, RFC 10070";

    public static void Check(CompactJwt jwt, AssertionUse use, JudgingRules rules)
    {
        if (!jwt.Payload.TryGetProperty("aud", out var value))
            throw use.Refuse("S12", Clause, $"claim aud is missing. Expected the issuer, {Quote.Of(rules.Issuer)}.");
        var audiences = Read(value) ?? throw use.Refuse("S12", Clause, $"claim aud is {Quote.Of(value)}. Expected a string.");
        if (use == AssertionUse.Grant)
            CheckGrant(audiences, rules);
        else
            CheckClient(audiences, value, rules);
    }

    // Issuer and token endpoint both name this server; who else is listed could replay the assertion here, or receive it from here.
    private static void CheckGrant(string[] audiences, JudgingRules rules)
    {
        if (!audiences.All(audience => audience == rules.Issuer || audience == rules.TokenEndpoint))
            throw AssertionUse.Grant.Refuse(
                "S12", Clause,
                $"claim aud is {Quote.List(audiences)}. Expected the issuer {Quote.Of(rules.Issuer)} or the token endpoint {Quote.Of(rules.TokenEndpoint)}, " +
                "character by character, and nobody else.");
    }

    // RFC 10070: the issuer alone. An endpoint as audience is what the audience injection attack (CVE-2025-27370) lives on.
    private static void CheckClient(string[] audiences, JsonElement value, JudgingRules rules)
    {
        if (audiences is not [var only] || only != rules.Issuer)
            throw AssertionUse.ClientAuthentication.Refuse(
                "S12", Clause,
                $"claim aud is {Quote.List(audiences)}. Expected the issuer {Quote.Of(rules.Issuer)} alone, character by character" +
                (audiences.Contains(rules.TokenEndpoint) ? "; the token endpoint no longer identifies the server to authenticate to." : "."));
        if (rules.Options.FapiMode && value.ValueKind != JsonValueKind.String)
            throw AssertionUse.ClientAuthentication.Refuse(
                "S12", "FAPI 2.0 Security Profile section 5.3.2.1", "claim aud is an array. FAPI 2.0 accepts the issuer as a string only.");
    }

    private static string[]? Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array when value.GetArrayLength() > 0 && value.EnumerateArray().All(member => member.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(member => member.GetString()!)],
        _ => null,
    };
}
