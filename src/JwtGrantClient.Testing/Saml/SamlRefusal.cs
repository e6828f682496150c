using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.Saml;

/// <summary>A bad SAML grant is an invalid_grant (RFC 7522 section 3.1).</summary>
internal static class SamlRefusal
{
    /// <param name="rule">X01 to X12.</param>
    /// <param name="item">The item of RFC 7522 section 3, or another clause in full.</param>
    /// <param name="explanation">What was seen, what was expected, what to do.</param>
    public static RefusedException Create(string rule, string item, string explanation) =>
        RefusedException.Grant(rule, item.StartsWith("item", StringComparison.Ordinal) ? $"RFC 7522 section 3 {item}" : item, explanation);
}
