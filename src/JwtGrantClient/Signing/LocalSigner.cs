using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Signs with a key in this process. Signing does not change the key, so threads share it without a lock. The key is not disposed when it is
/// replaced, because an assertion may be using it; its handle is released by the finalizer.
/// </summary>
internal abstract class LocalSigner(SignatureAlgorithm algorithm, KeyIdentity identity) : IJwtSigner
{
    public string Algorithm => algorithm.Name;

    public string? KeyId => identity.KeyId;

    public IReadOnlyDictionary<string, object>? Header => identity.Header;

    /// <summary>Gets the names of the key and the format that it was loaded from.</summary>
    public KeyIdentity Identity => identity;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        new(Sign(signingInput.Span));

    /// <summary>Signs on the calling thread.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> signingInput);

    /// <summary>Returns the JWK thumbprint of the public key (RFC 7638).</summary>
    public abstract string ComputeThumbprint();
}

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

    public override string ComputeThumbprint() => PublicJwk.ComputeThumbprint(_key);

    /// <summary>
    /// Returns whether a public exponent is odd and at least 3. With the exponent 1 a signature is the padded hash, so anyone can create it.
    /// </summary>
    public static bool IsValidExponent(ReadOnlySpan<byte> exponent)
    {
        exponent = exponent.TrimStart((byte)0);
        return !exponent.IsEmpty && (exponent[^1] & 1) == 1 && !exponent.SequenceEqual<byte>([1]);
    }
}

/// <summary>Signs with ECDSA on the curve of the algorithm (RFC 7518 section 3.4).</summary>
internal sealed class EcdsaSigner : LocalSigner
{
    private readonly ECDsa _key;
    private readonly SignatureAlgorithm _algorithm;

    public EcdsaSigner(ECDsa key, SignatureAlgorithm algorithm, KeyIdentity identity)
        : base(algorithm, identity)
    {
        // The identifier of the curve is compared, not its size: secp256k1 and brainpoolP256r1 also have 256 bits.
        if (algorithm.CurveBits == 0 || JoseCurve.GetBits(key) != algorithm.CurveBits)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"The signing key is an EC key on the curve {JoseCurve.GetName(key)}, which {algorithm.Name} cannot use. " +
                "ES256 requires P-256, ES384 requires P-384 and ES512 requires P-521 (RFC 7518 section 3.4). Set the algorithm that fits, or do not set it.");
        _key = key;
        _algorithm = algorithm;
    }

    // SignData returns R and S at fixed width by default, which is the format of a JWS.
    public override byte[] Sign(ReadOnlySpan<byte> signingInput) => _key.SignData(signingInput, _algorithm.Hash);

    public override string ComputeThumbprint() => PublicJwk.ComputeThumbprint(_key);
}

/// <summary>Signs with ML-DSA and an empty context (RFC 9964). A signature has 2,420 to 4,627 bytes.</summary>
internal sealed class MlDsaSigner(MLDsa key, SignatureAlgorithm algorithm, KeyIdentity identity) : LocalSigner(algorithm, identity)
{
    public override byte[] Sign(ReadOnlySpan<byte> signingInput)
    {
        var signature = new byte[key.Algorithm.SignatureSizeInBytes];
        key.SignData(signingInput, signature);
        return signature;
    }

    public override string ComputeThumbprint() => PublicJwk.ComputeThumbprint(key);
}
