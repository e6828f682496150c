using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>A custom signer that uses another library for Ed25519, which the platform does not support.</summary>
internal sealed class Ed25519Signer(byte[] seed, string algorithm = "Ed25519", string? keyId = null) : IJwtSigner
{
    private readonly Ed25519PrivateKeyParameters _key = new(seed);

    public string Algorithm => algorithm;

    public string? KeyId => keyId;

    public byte[] PublicKey => _key.GeneratePublicKey().GetEncoded();

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default)
    {
        var (message, signature) = (signingInput.ToArray(), new byte[Ed25519.SignatureSize]);
        _key.Sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.Length, signature, 0);
        return new(signature);
    }
}
