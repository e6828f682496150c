using Org.BouncyCastle.Math.EC.Rfc8032;

namespace JwtGrantClient.Testing.Jose;

/// <summary>An Ed25519 public key (RFC 8037 section 2). Its algorithm has two names: Ed25519 (RFC 9864) and the older EdDSA.</summary>
internal sealed class Ed25519VerificationKey : VerificationKey
{
    public const string Curve = "Ed25519";

    private readonly byte[] _key;

    /// <exception cref="UnusableKeyException">The octets are not a public key.</exception>
    public Ed25519VerificationKey(byte[] key, string? keyId, string? algorithm = null)
        : base(keyId, algorithm)
    {
        if (key.Length != Ed25519.PublicKeySize)
            throw new UnusableKeyException($"has 'x' with {key.Length} octets; expected {Ed25519.PublicKeySize} (RFC 8037 section 2)");
        // With a point of small order, signatures of any content can be made without a private key.
        if (!Ed25519.ValidatePublicKeyFull(key, 0))
            throw new UnusableKeyException("is not a valid Ed25519 key: the point is not on the curve, or has a small order");
        _key = key;
    }

    public override string KeyType => "OKP";

    public override string Kind => "an Ed25519 key";

    public override bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm) =>
        signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, _key, 0, signingInput.ToArray(), 0, signingInput.Length);

    public override string? DescribeSignatureFault(byte[] signingInput, byte[] signature, VerificationAlgorithm algorithm) =>
        signature.Length == Ed25519.SignatureSize ? null : $"has {signature.Length} octets; {algorithm.Name} requires {Ed25519.SignatureSize}.";

    public override void Dispose()
    {
    }
}
