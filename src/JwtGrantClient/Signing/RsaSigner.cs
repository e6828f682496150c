using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>RSASSA-PKCS1-v1_5 and RSASSA-PSS, the latter with a salt as long as the hash (RFC 7518 sections 3.3 and 3.5).</summary>
internal sealed class RsaSigner : LocalSigner
{
    private const int MinimumBits = 2048;

    private readonly RSA _key;
    private readonly SignatureAlgorithm _algorithm;

    public RsaSigner(RSA key, SignatureAlgorithm algorithm, KeyIdentity identity)
        : base(algorithm, identity)
    {
        // RFC 7518 sections 3.3 and 3.5; checked here because the token library signs with any size.
        if (key.KeySize < MinimumBits)
            throw JwtGrantException.Configuration(
                "signing_key_too_small",
                $"The RSA signing key has {key.KeySize} bits; {algorithm.Name} needs at least {MinimumBits} (RFC 7518 section 3.3). " +
                "Make a new key, for example with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
        if (!IsSound(key.ExportParameters(includePrivateParameters: false).Exponent))
            throw JwtGrantException.Configuration(
                "signing_key_unusable",
                "The RSA signing key has a public exponent that is even, or 1, which signs nothing (RFC 8017 section 3.1). Make a new " +
                "key, with the usual 65537.");
        _key = key;
        _algorithm = algorithm;
    }

    public override byte[] Sign(ReadOnlySpan<byte> signingInput) => _key.SignData(signingInput, _algorithm.Hash, _algorithm.Padding!);

    /// <summary>
    /// Whether a public exponent is odd and at least 3. With 1 the signature is the padded hash itself, and anyone can write it.
    /// </summary>
    public static bool IsSound(ReadOnlySpan<byte> exponent)
    {
        exponent = exponent.TrimStart((byte)0);
        return !exponent.IsEmpty && (exponent[^1] & 1) == 1 && !exponent.SequenceEqual<byte>([1]);
    }
}
