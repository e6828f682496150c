using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Selects the registered key for an assertion by <c>kid</c>. Keys in the header of the assertion (jwk, x5c, jku, x5u) are ignored.
/// </summary>
internal static class KeyRules
{
    private const string Clause = "RFC 7515 section 4.1.4, RFC 8725 section 3.10";

    public static VerificationKey Select(JsonElement header, AssertionIssuer issuer, VerificationAlgorithm algorithm, AssertionUse use)
    {
        if (!header.TryGetProperty("kid", out _))
        {
            var usable = issuer.Keys.Where(key => key.DescribeMismatch(algorithm) is null).ToList();
            // If the only key does not fit, the caller reports why. If there are several keys, the intended one is unknown.
            return usable.Count == 1 ? usable[0] : issuer.Keys.Count == 1 ? issuer.Keys[0] : throw use.Refuse("S07", Clause,
                $"The {use.Name} has no kid, and '{issuer.Name}' has {usable.Count} keys that fit {algorithm.Name}. Send the kid.");
        }
        // A kid that is not a string names no key. To ignore it would mean to try other keys.
        var keyId = header.GetStringOrNull("kid") ?? throw use.Refuse("S07", Clause, $"The {use.Name}'s kid is not a string.");
        // Keys of different types may have the same kid (RFC 7517 section 4.5). The first one reports why the algorithm does not fit.
        var named = issuer.Keys.Where(key => key.KeyId == keyId).ToList();
        return named.Find(key => key.IsFor(algorithm)) ?? named.FirstOrDefault() ?? (issuer.Keys is [{ KeyId: null } only] ? only : throw use.Refuse("S07", Clause,
                $"The {use.Name}'s kid is '{keyId}'; '{issuer.Name}' has no key with that kid. Register the key, or correct the kid. No other key is tried."));
    }
}
