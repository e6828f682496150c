using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A registered public key. It verifies by the algorithm that the header names, if the two agree (RFC 8725 section 3.1).</summary>
internal sealed record VerificationKey(string? KeyId, AsymmetricAlgorithm Key, string? Algorithm = null)
{
    private const int MinimumRsaBits = 2048;

    /// <summary>What keeps the key from being used with the algorithm; null where they agree (S06).</summary>
    public string? Disagreement(VerificationAlgorithm algorithm) => Key switch
    {
        _ when Algorithm is not null && Algorithm != algorithm.Name => $"the key is registered for {Algorithm}",
        RSA when algorithm.Padding is null => "the key is an RSA key",
        RSA { KeySize: < MinimumRsaBits and var bits } => $"the key has {bits} bits; RSA needs {MinimumRsaBits} (RFC 7518 section 3.3)",
        ECDsa when algorithm.CurveOid is null => "the key is an EC key",
        ECDsa ec when ec.ExportParameters(false).Curve.Oid.Value != algorithm.CurveOid => "the key is on another curve",
        _ => null,
    };

    public bool Verifies(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm) => Key switch
    {
        RSA rsa => rsa.VerifyData(signingInput, signature, algorithm.Hash, algorithm.Padding!),
        // R and S at fixed width, so the length is exact and DER does not pass (S08).
        ECDsa ec => signature.Length == algorithm.SignatureBytes && ec.VerifyData(signingInput, signature, algorithm.Hash),
        _ => false,
    };
}
