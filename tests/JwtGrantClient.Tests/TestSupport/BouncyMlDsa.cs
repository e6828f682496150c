using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;

namespace JwtGrantClient.Tests.TestSupport;

/// <summary>
/// An <see cref="MLDsa"/> that is implemented by another library, so that tests use real signatures also on platforms without ML-DSA.
/// </summary>
internal sealed class BouncyMlDsa(MLDsaAlgorithm algorithm, byte[] seed) : MLDsa(algorithm)
{
    private readonly MLDsaPrivateKeyParameters _key = MLDsaPrivateKeyParameters.FromSeed(GetParameters(algorithm), seed);

    public bool Verifies(byte[] message, byte[] signature)
    {
        var verifier = new Org.BouncyCastle.Crypto.Signers.MLDsaSigner(GetParameters(Algorithm), deterministic: true);
        verifier.Init(forSigning: false, _key.GetPublicKey());
        verifier.BlockUpdate(message, 0, message.Length);
        return verifier.VerifySignature(signature);
    }

    protected override void SignDataCore(ReadOnlySpan<byte> data, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        Assert.True(context.IsEmpty, "JOSE signs with an empty context (RFC 9964).");
        var signer = new Org.BouncyCastle.Crypto.Signers.MLDsaSigner(GetParameters(Algorithm), deterministic: true);
        signer.Init(forSigning: true, _key);
        signer.BlockUpdate(data.ToArray(), 0, data.Length);
        signer.GenerateSignature().CopyTo(destination);
    }

    protected override void ExportMLDsaPublicKeyCore(Span<byte> destination) => _key.GetPublicKeyEncoded().CopyTo(destination);

    protected override void ExportMLDsaPrivateKeyCore(Span<byte> destination) => throw new NotSupportedException();

    protected override void ExportMLDsaPrivateSeedCore(Span<byte> destination) => throw new NotSupportedException();

    protected override void SignMuCore(ReadOnlySpan<byte> externalMu, Span<byte> destination) => throw new NotSupportedException();

    protected override void SignPreHashCore(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> context, string hashAlgorithmOid, Span<byte> destination) =>
        throw new NotSupportedException();

    protected override bool TryExportPkcs8PrivateKeyCore(Span<byte> destination, out int bytesWritten) => throw new NotSupportedException();

    protected override bool VerifyDataCore(ReadOnlySpan<byte> data, ReadOnlySpan<byte> context, ReadOnlySpan<byte> signature) => throw new NotSupportedException();

    protected override bool VerifyMuCore(ReadOnlySpan<byte> externalMu, ReadOnlySpan<byte> signature) => throw new NotSupportedException();

    protected override bool VerifyPreHashCore(
        ReadOnlySpan<byte> hash, ReadOnlySpan<byte> context, string hashAlgorithmOid, ReadOnlySpan<byte> signature) => throw new NotSupportedException();

    private static MLDsaParameters GetParameters(MLDsaAlgorithm algorithm) => algorithm.Name switch
    {
        "ML-DSA-44" => MLDsaParameters.ml_dsa_44,
        "ML-DSA-65" => MLDsaParameters.ml_dsa_65,
        _ => MLDsaParameters.ml_dsa_87,
    };
}
