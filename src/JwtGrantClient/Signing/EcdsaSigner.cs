using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>ECDSA on the curve that the algorithm fixes (RFC 7518 section 3.4).</summary>
internal sealed class EcdsaSigner : LocalSigner
{
    private readonly ECDsa _key;
    private readonly SignatureAlgorithm _algorithm;

    public EcdsaSigner(ECDsa key, SignatureAlgorithm algorithm, KeyIdentity identity)
        : base(algorithm, identity)
    {
        // secp256k1 and brainpool also have 256 bits, so the curve's identifier counts, not its size.
        if (algorithm.CurveBits == 0 || JoseCurve.Bits(key) != algorithm.CurveBits)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"The signing key is an EC key on the curve {JoseCurve.Name(key)}, which {algorithm.Name} cannot use. " +
                "ES256 wants P-256, ES384 P-384, ES512 P-521 (RFC 7518 section 3.4); set the algorithm that fits, or leave it out.");
        _key = key;
        _algorithm = algorithm;
    }

    // The default format of SignData is already R and S at fixed width, as JWS wants it.
    public override byte[] Sign(ReadOnlySpan<byte> signingInput) => _key.SignData(signingInput, _algorithm.Hash);
}
