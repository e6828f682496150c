using System.Security.Cryptography;

namespace JwtGrantClient.Testing.Jose;

/// <summary>An RSA public key (RFC 7518 sections 3.3, 3.5 and 6.3.1).</summary>
internal sealed class RsaVerificationKey : VerificationKey
{
    private const int MinBits = 2048;

    private readonly RSA _key;

    /// <param name="key">The key, which this object disposes.</param>
    /// <param name="keyId">The <c>kid</c>; null for none.</param>
    /// <param name="algorithm">The <c>alg</c> of its JWK; null for none.</param>
    /// <exception cref="UnusableKeyException">The key cannot make or verify signatures safely.</exception>
    public RsaVerificationKey(RSA key, string? keyId, string? algorithm = null)
        : base(keyId, algorithm)
    {
        _key = key;
        var parameters = key.ExportParameters(includePrivateParameters: false);
        CheckNumbers(parameters.Modulus!, parameters.Exponent!);
    }

    public override string KeyType => "RSA";

    public override string Kind => "an RSA key";

    /// <exception cref="UnusableKeyException">A number is not encoded with as few octets as possible, or is not that of a safe key.</exception>
    public static RsaVerificationKey Create(byte[] modulus, byte[] exponent, string? keyId, string? algorithm)
    {
        CheckNumbers(modulus, exponent);
        return new(RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }), keyId, algorithm);
    }

    public override bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm) =>
        _key.VerifyData(signingInput, signature, algorithm.Hash, algorithm.Padding!);

    public override string? DescribeSignatureFault(byte[] signingInput, byte[] signature, VerificationAlgorithm algorithm) =>
        RsaSignatureFault.Find(_key.ExportParameters(includePrivateParameters: false), signingInput, signature, algorithm);

    public override void Dispose() => _key.Dispose();

    protected override string? DescribeWeakness() =>
        _key.KeySize < MinBits ? $"the key has {_key.KeySize} bits; RSA requires at least {MinBits} (RFC 7518 section 3.3)" : null;

    private static void CheckNumbers(byte[] modulus, byte[] exponent)
    {
        // With other octets the same key would have another thumbprint (RFC 7518 section 2, Base64urlUInt).
        if (modulus is [] or [0, ..] || exponent is [] or [0, ..])
            throw new UnusableKeyException($"has '{(modulus is [] or [0, ..] ? 'n' : 'e')}' empty or with leading zero octets; expected as few octets as possible (RFC 7518 section 2)");
        // With the exponent 1 a signature equals its padded message, so anyone can forge one.
        if (exponent is [1] || (exponent[^1] & 1) == 0)
            throw new UnusableKeyException("has an exponent that is 1 or even, so it is not an RSA key");
        if ((modulus[^1] & 1) == 0)
            throw new UnusableKeyException("has an even modulus, so it is not an RSA key");
        if (RocaTest.HasFingerprint(modulus))
            throw new UnusableKeyException("has the fingerprint of ROCA (CVE-2017-15361): its private key can be computed from the public key. Create a new key with other software");
    }
}
