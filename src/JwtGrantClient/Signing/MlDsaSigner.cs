using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

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
