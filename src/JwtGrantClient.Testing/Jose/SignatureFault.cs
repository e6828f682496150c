namespace JwtGrantClient.Testing.Jose;

/// <summary>Finds why a signature that does not verify is malformed, or was made in another way: the end of a sentence that begins with "signature".</summary>
internal static class SignatureFault
{
    /// <summary>Returns the fault; null if the signature is well-formed but not one of this key and content.</summary>
    public static string? Find(VerificationKey key, byte[] input, byte[] signature, VerificationAlgorithm algorithm)
    {
        if (signature.Length == 0)
            return "is empty. Sign the JWT.";
        if (key.DescribeSignatureFault(input, signature, algorithm) is { } fault)
            return fault;
        var actual = VerificationAlgorithm.All.FirstOrDefault(
            other => other != algorithm && key.IsFor(other) && key.Verify(input, signature, other));
        return actual is null ? null : $"is one of {DescribeDifference(algorithm, actual)}, but the alg is {algorithm.Name}.";
    }

    private static string DescribeDifference(VerificationAlgorithm expected, VerificationAlgorithm actual) =>
        actual.Padding is { } padding && padding != expected.Padding ? $"{actual.Name} (RSA with the padding {(actual.Name.StartsWith("PS", StringComparison.Ordinal) ? "PSS" : "PKCS #1 v1.5")})"
        : $"{actual.Name} (the hash {actual.Hash.Name})";
}
