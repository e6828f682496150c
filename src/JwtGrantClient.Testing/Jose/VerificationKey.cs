namespace JwtGrantClient.Testing.Jose;

/// <summary>A public key. It verifies only with an algorithm that fits the key (RFC 8725 section 3.1).</summary>
/// <param name="keyId">The <c>kid</c>; null for none.</param>
/// <param name="algorithm">The only algorithm that the key is registered for, as in <c>alg</c> of its JWK; null for all that fit the key.</param>
internal abstract class VerificationKey(string? keyId, string? algorithm) : IDisposable
{
    public string? KeyId => keyId;

    public string? Algorithm => algorithm;

    /// <summary>The <c>kty</c>.</summary>
    public abstract string KeyType { get; }

    /// <summary>What the key is, as the end of a sentence: "an RSA key".</summary>
    public abstract string Kind { get; }

    /// <summary>Returns why the key cannot be used with the algorithm; null if it can.</summary>
    public string? DescribeMismatch(VerificationAlgorithm algorithm) =>
        Algorithm is not null && !algorithm.HasName(Algorithm) ? $"the key is registered for {Algorithm}"
        : !IsFor(algorithm) ? $"the key is {Kind}"
        : DescribeWeakness();

    /// <summary>Returns whether the algorithm is one for keys of this type and, where it has a curve, on this curve.</summary>
    public virtual bool IsFor(VerificationAlgorithm algorithm) => algorithm.KeyType == KeyType;

    /// <summary>Returns whether the signature verifies. The algorithm is one that <see cref="DescribeMismatch"/> accepts.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature, VerificationAlgorithm algorithm);

    /// <summary>
    /// Returns why a signature that does not verify is malformed, as the end of a sentence that begins with "signature"; null if the reason is unknown.
    /// </summary>
    public abstract string? DescribeSignatureFault(byte[] signingInput, byte[] signature, VerificationAlgorithm algorithm);

    public abstract void Dispose();

    protected virtual string? DescribeWeakness() => null;
}
