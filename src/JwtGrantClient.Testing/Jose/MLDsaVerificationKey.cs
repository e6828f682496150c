using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace JwtGrantClient.Testing.Jose;

/// <summary>An ML-DSA public key (RFC 9964). Each key has one algorithm, which its JWK must name.</summary>
internal sealed class MLDsaVerificationKey : VerificationKey
{
    private static readonly Variant[] Variants =
    [
        new("ML-DSA-44", "2.16.840.1.101.3.4.3.17", MLDsaParameters.ml_dsa_44, 1312, 2420),
        new("ML-DSA-65", "2.16.840.1.101.3.4.3.18", MLDsaParameters.ml_dsa_65, 1952, 3309),
        new("ML-DSA-87", "2.16.840.1.101.3.4.3.19", MLDsaParameters.ml_dsa_87, 2592, 4627),
    ];

    private readonly Variant _variant;
    private readonly MLDsaPublicKeyParameters _key;

    private MLDsaVerificationKey(Variant variant, byte[] key, string? keyId)
        : base(keyId, variant.Name)
    {
        if (key.Length != variant.KeyBytes)
            throw new UnusableKeyException($"has 'pub' with {key.Length} octets; expected {variant.KeyBytes} for {variant.Name}");
        (_variant, _key) = (variant, MLDsaPublicKeyParameters.FromEncoding(variant.Parameters, key));
    }

    public override string KeyType => "AKP";

    public override string Kind => $"an {_variant.Name} key";

    /// <summary>Creates the key of a JWK.</summary>
    /// <exception cref="UnusableKeyException">There is no <c>alg</c>, it is not one of ML-DSA, or the key has another size.</exception>
    public static MLDsaVerificationKey FromJwk(string? algorithm, byte[] key, string? keyId) =>
        Array.Find(Variants, variant => variant.Name == algorithm) is { } variant ? new(variant, key, keyId)
        : throw new UnusableKeyException($"has the kty 'AKP' and {(algorithm is null ? "no alg" : $"the alg '{algorithm}'")}; expected the alg of its key, such as ML-DSA-65 (RFC 9964)");

    /// <summary>Creates the key of a SubjectPublicKeyInfo; returns null if the object identifier is not one of ML-DSA.</summary>
    public static MLDsaVerificationKey? FromOid(string? oid, byte[] key, string? keyId) =>
        Array.Find(Variants, variant => variant.Oid == oid) is { } variant ? new(variant, key, keyId) : null;

    public override bool IsFor(VerificationAlgorithm algorithm) => algorithm.Name == _variant.Name;

    public override bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm)
    {
        if (signature.Length != _variant.SignatureBytes)
            return false;
        // JOSE signs the content itself, with an empty context (RFC 9964).
        var verifier = new MLDsaSigner(_variant.Parameters, deterministic: true);
        verifier.Init(forSigning: false, _key);
        verifier.BlockUpdate(signingInput);
        return verifier.VerifySignature(signature.ToArray());
    }

    public override string? DescribeSignatureFault(byte[] signingInput, byte[] signature, VerificationAlgorithm algorithm) =>
        signature.Length == _variant.SignatureBytes ? null : $"has {signature.Length} octets; {algorithm.Name} requires {_variant.SignatureBytes}.";

    public override void Dispose()
    {
    }

    private sealed record Variant(string Name, string Oid, MLDsaParameters Parameters, int KeyBytes, int SignatureBytes);
}
