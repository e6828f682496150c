using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Signs with a key in this process. Signing leaves a key unchanged, so threads share it without a lock; nobody disposes it, for an
/// assertion may be in the making when the key is replaced: its handle goes with its last user.
/// </summary>
internal abstract class LocalSigner(SignatureAlgorithm algorithm, KeyIdentity identity) : IJwtSigner
{
    public string Algorithm => algorithm.Name;

    public string? KeyId => identity.KeyId;

    public IReadOnlyDictionary<string, object>? Header => identity.Header;

    /// <summary>What the key was found as.</summary>
    public KeyIdentity Identity => identity;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        new(Sign(signingInput.Span));

    /// <summary>Signs on the calling thread.</summary>
    public abstract byte[] Sign(ReadOnlySpan<byte> signingInput);
}

/// <summary>ML-DSA with an empty context (RFC 9964). The signature alone is 2,420 to 4,627 bytes.</summary>
internal sealed class MlDsaSigner(MLDsa key, SignatureAlgorithm algorithm, KeyIdentity identity) : LocalSigner(algorithm, identity)
{
    public override byte[] Sign(ReadOnlySpan<byte> signingInput)
    {
        var signature = new byte[key.Algorithm.SignatureSizeInBytes];
        key.SignData(signingInput, signature);
        return signature;
    }
}
