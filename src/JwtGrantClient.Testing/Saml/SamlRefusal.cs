using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>Creates the refusal of a SAML assertion: invalid_grant (RFC 7522 section 3.1).</summary>
internal static class SamlRefusal
{
    /// <param name="rule">The id of the rule, X01 to X12.</param>
    /// <param name="item">"item" and the number of the item of RFC 7522 section 3, or another clause in full.</param>
    /// <param name="explanation">What was received, what was expected, and what to do.</param>
    public static RefusedException Create(string rule, string item, string explanation) =>
        RefusedException.InvalidGrant(rule, item.StartsWith("item", StringComparison.Ordinal) ? $"RFC 7522 section 3 {item}" : item, explanation);
}
