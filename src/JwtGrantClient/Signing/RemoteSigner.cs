using System.Security.Cryptography;
using JwtGrantClient.Protocol;

namespace JwtGrantClient.Signing;

/// <summary>
/// Signs by a function that calls a key service, and checks the signature as much as is possible without the public key. The error messages are
/// more precise than that of the server, which only reports an invalid signature.
/// </summary>
internal sealed class RemoteSigner : IJwtSigner
{
    private const int MinimumRsaBytes = 2048 / 8;

    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> _sign;
    private readonly DSASignatureFormat _format;
    private readonly SignatureAlgorithm? _algorithm;

    /// <exception cref="JwtGrantException">The algorithm is not allowed or unknown.</exception>
    public RemoteSigner(
        string algorithm,
        string? keyId,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> sign,
        DSASignatureFormat format,
        IReadOnlyDictionary<string, object>? header)
    {
        _algorithm = Find(algorithm);
        _sign = sign;
        _format = format;
        Algorithm = algorithm;
        KeyId = keyId;
        Header = header is null ? null : JsonValues.Copy(header);
    }

    public string Algorithm { get; }

    public string? KeyId { get; }

    public IReadOnlyDictionary<string, object>? Header { get; }

    /// <summary>Finds the algorithm of a key service; null if its signatures are not checked.</summary>
    /// <exception cref="JwtGrantException">The algorithm is not allowed or unknown.</exception>
    public static SignatureAlgorithm? Find(string name) =>
        // RFC 8037 and RFC 9864: .NET has no keys for these algorithms, so the library does not check their signatures.
        name is "Ed25519" or "Ed448" or "EdDSA" ? null : SignatureAlgorithm.FromName(name);

    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default)
    {
        var signature = await _sign(signingInput, cancellationToken).ConfigureAwait(false);
        if (_algorithm is null)
            return signature;
        if (_algorithm.CurveBits != 0)
            return EcdsaSignature.ToFixedWidth(signature, _format, _algorithm);
        // RFC 8017 section 8: an RSA signature is as long as the modulus, and a modulus has at least 2048 bits (RFC 7518 section 3.3).
        return _algorithm.Padding is null || signature.Length >= MinimumRsaBytes ? signature : throw new JwtGrantException(
            JwtGrantErrorKind.Signing, "signature_unusable",
            $"The {Algorithm} signer returned {signature.Length} bytes; an RSA key of at least 2048 bits returns at least {MinimumRsaBytes} bytes. " +
            "Check that the key is an RSA key of at least 2048 bits.");
    }
}
