using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A public key. It verifies only with an algorithm that fits the key (RFC 8725 section 3.1).</summary>
internal sealed record VerificationKey(string? KeyId, AsymmetricAlgorithm Key, string? Algorithm = null)
{
    private const int MinRsaBits = 2048;

    /// <summary>Returns why the key cannot be used with the algorithm; null if it can.</summary>
    public string? DescribeMismatch(VerificationAlgorithm algorithm) => Key switch
    {
        _ when Algorithm is not null && Algorithm != algorithm.Name => $"the key is registered for {Algorithm}",
        RSA when algorithm.Padding is null => "the key is an RSA key",
        RSA { KeySize: < MinRsaBits and var bits } => $"the key has {bits} bits; RSA requires at least {MinRsaBits} (RFC 7518 section 3.3)",
        ECDsa when algorithm.CurveOid is null => "the key is an EC key",
        ECDsa ec when ec.ExportParameters(false).Curve.Oid.Value != algorithm.CurveOid => "the key is on another curve",
        _ => null,
    };

    public bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm) => Key switch
    {
        RSA rsa => rsa.VerifyData(signingInput, signature, algorithm.Hash, algorithm.Padding!),
        // The signature is R and S at fixed width, so its length is known and DER is refused (RFC 7518 section 3.4).
        ECDsa ec => signature.Length == algorithm.SignatureBytes && ec.VerifyData(signingInput, signature, algorithm.Hash),
        _ => false,
    };
}
