using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Selects the registered key for an assertion by <c>kid</c>. Keys in the header of the assertion (jwk, x5c, jku, x5u) are ignored.
/// </summary>
internal static class KeyRules
{
    private const string Clause = "RFC 7515 section 4.1.4, RFC 8725 section 3.10";

    /// <summary>Returns the key; null if none is selected.</summary>
    public static VerificationKey? Select(
        JsonElement header, AssertionIssuer issuer, VerificationAlgorithm algorithm, AssertionUse use, BrokenRules rules)
    {
        if (!header.TryGetProperty("kid", out var member))
            return SelectByAlgorithm(issuer, algorithm, use, rules);
        // A kid that is not a string names no key. To ignore it would mean to try other keys.
        if (member.ValueKind != JsonValueKind.String)
        {
            rules.Add("S07", Clause, $"The {use.Name} has 'kid' as a JSON {StrictJson.DescribeKind(member)}; expected a string.");
            return null;
        }
        // Keys of different types may have the same kid (RFC 7517 section 4.5). The first one reports why the algorithm does not fit.
        VerificationKey? named = null;
        foreach (var key in issuer.Keys)
            if (key.KeyId is not null && member.ValueEquals(key.KeyId) && (named is null || key.IsFor(algorithm)))
                named = key;
        if (named is null && issuer.Keys is [{ KeyId: null } only])
            named = only;
        if (named is null)
            rules.Add("S07", Clause,
                $"The {use.Name}'s kid is '{member}'; '{issuer.Name}' has no key with that kid. Register the key, or correct the kid. No other key is tried.");
        return named;
    }

    private static VerificationKey? SelectByAlgorithm(
        AssertionIssuer issuer, VerificationAlgorithm algorithm, AssertionUse use, BrokenRules rules)
    {
        if (issuer.Keys is [var only])
            return only;
        var usable = issuer.Keys.Where(key => key.DescribeMismatch(algorithm) is null).ToList();
        // If there are several keys, the intended one is unknown.
        if (usable is [var single])
            return single;
        rules.Add("S07", Clause,
            $"The {use.Name} has no kid, and '{issuer.Name}' has {usable.Count} keys that fit {algorithm.Name}. Send the kid.");
        return null;
    }
}
