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
}
