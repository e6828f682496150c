using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>
/// Which registered key an assertion is judged by (S07). Keys that the token itself brings (jwk, x5c, jku, x5u) are not looked at.
/// </summary>
internal static class KeyRules
{
    private const string Clause = "RFC 7515 section 4.1.4, RFC 8725 section 3.10";

    public static VerificationKey Choose(JsonElement header, AssertionIssuer party, VerificationAlgorithm algorithm, AssertionUse use)
    {
        if (!header.TryGetProperty("kid", out _))
        {
            var usable = party.Keys.Where(key => key.Disagreement(algorithm) is null).ToList();
            // With none usable the only key says why; with several nobody can tell which was meant.
            return usable.Count == 1 ? usable[0] : party.Keys.Count == 1 ? party.Keys[0] : throw use.Refuse("S07", Clause,
                $"The {use.Noun} has no kid, and '{party.Name}' has {usable.Count} keys that fit {algorithm.Name}. Send the kid.");
        }
        // A kid that is no string names no key; to pass over it would be to try others.
        var keyId = header.Text("kid") ?? throw use.Refuse("S07", Clause, $"The {use.Noun}'s kid is no string.");
        return party.Keys.FirstOrDefault(key => key.KeyId == keyId)
            ?? (party.Keys is [{ KeyId: null } only] ? only : throw use.Refuse("S07", Clause,
                $"The {use.Noun}'s kid is '{keyId}', under which '{party.Name}' has no key. Register the key, or correct the kid; no " +
                "other key is tried."));
    }
}
