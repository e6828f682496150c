using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.Validation;

/// <summary>Checks the signature of an assertion with the registered key of its issuer.</summary>
internal static class SignatureRules
{
    public static void Check(
        SignedJwt jwt, JsonElement header, AssertionIssuer issuer, VerificationAlgorithm algorithm, AssertionUse use, BrokenRules rules)
    {
        if (issuer.SigningAlgorithm is { } registered && registered != algorithm.Name)
            rules.Add("S06", "RFC 8725 section 3.1",
                $"The {use.Name} is signed with {algorithm.Name}, but '{issuer.Name}' is registered for {registered}.");
        if (KeyRules.Select(header, issuer, algorithm, use, rules) is not { } key)
            return;
        if (key.DescribeMismatch(algorithm) is { } mismatch)
            rules.Add("S06", "RFC 8725 section 3.1", $"The {use.Name} is signed with {algorithm.Name}, but {mismatch}.");
        else if (jwt.Signature is { } signature && jwt.GetSigningInput() is var input && !key.Verify(input, signature, algorithm))
            rules.Add("S08", "RFC 7523 section 3 item 9", $"The {use.Name}{Describe(key, input, signature, algorithm, issuer)}");
    }

    private static string Describe(VerificationKey key, byte[] input, byte[] signature, VerificationAlgorithm algorithm, AssertionIssuer issuer)
    {
        var signer = issuer.Keys.FirstOrDefault(other => other != key && other.DescribeMismatch(algorithm) is null && other.Verify(input, signature, algorithm));
        return signer is not null
            ? $"'s signature verifies with another key of '{issuer.Name}', the one with the kid '{signer.KeyId}'. Correct the kid."
            : SignatureFault.Find(key, input, signature, algorithm) is { } fault ? $"'s signature {fault}"
            : $"'s signature does not verify with the key of '{issuer.Name}'. Was it signed with another key, or changed after signing?";
    }
}
