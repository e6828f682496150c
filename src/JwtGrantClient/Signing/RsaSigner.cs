using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>Signs with RSASSA-PKCS1-v1_5, or with RSASSA-PSS and a salt that is as long as the hash (RFC 7518 sections 3.3 and 3.5).</summary>
internal sealed class RsaSigner : LocalSigner
{
    private const int MinimumBits = 2048;

    private readonly RSA _key;
    private readonly SignatureAlgorithm _algorithm;

    public RsaSigner(RSA key, SignatureAlgorithm algorithm, KeyIdentity identity)
        : base(algorithm, identity)
    {
        // RFC 7518 sections 3.3 and 3.5. RSA.SignData accepts smaller keys.
        if (key.KeySize < MinimumBits)
            throw JwtGrantException.Configuration(
                "signing_key_too_small",
                $"The RSA signing key has {key.KeySize} bits; {algorithm.Name} needs at least {MinimumBits} (RFC 7518 section 3.3). " +
                "Create a new key, for example with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
        var publicKey = key.ExportParameters(includePrivateParameters: false);
        if (!IsValidExponent(publicKey.Exponent))
            throw JwtGrantException.Configuration(
                "signing_key_unusable",
                "The RSA signing key has a public exponent that is even or 1 and therefore not secure (RFC 8017 section 3.1). Create a new key with the exponent 65537.");
        if (RocaFingerprint.IsPresent(publicKey.Modulus))
            throw JwtGrantException.Configuration("signing_key_unusable", $"The RSA signing key {RocaFingerprint.Problem}");
        _key = key;
        _algorithm = algorithm;
    }

    public override byte[] Sign(ReadOnlySpan<byte> signingInput) => _key.SignData(signingInput, _algorithm.Hash, _algorithm.Padding!);

    /// <summary>
    /// Returns whether a public exponent is odd and at least 3. With the exponent 1 a signature is the padded hash, so anyone can create it.
    /// </summary>
    public static bool IsValidExponent(ReadOnlySpan<byte> exponent)
    {
        exponent = exponent.TrimStart((byte)0);
        return !exponent.IsEmpty && (exponent[^1] & 1) == 1 && !exponent.SequenceEqual<byte>([1]);
    }
}
