using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

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
}
