using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>Signs with an RSA key in this process. Signing leaves the key unchanged, so threads share it without a lock.</summary>
internal sealed class RsaSigner : IJwtSigner
{
    private const int MinimumBits = 2048;

    private readonly RSA _key;
    private readonly SignatureAlgorithm _algorithm;

    public RsaSigner(RSA key, SignatureAlgorithm algorithm, string? keyId)
    {
        // RFC 7518 sections 3.3 and 3.5; checked here because the token library signs with any size (C18).
        if (key.KeySize < MinimumBits)
            throw JwtGrantException.Configuration(
                "signing_key_too_small",
                $"The RSA signing key has {key.KeySize} bits; {algorithm.Name} needs at least {MinimumBits} (RFC 7518 section 3.3). " +
                "Make a new key, for example with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
        if (algorithm.Padding is null)
            throw JwtGrantException.Configuration(
                "signing_key_does_not_fit",
                $"The signing key is RSA, but the algorithm is {algorithm.Name}, which wants an EC key. Set the algorithm to RS256 or PS256, or give an EC key.");
        _key = key;
        _algorithm = algorithm;
        KeyId = keyId;
    }

    public string Algorithm => _algorithm.Name;

    public string? KeyId { get; }

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
        new(_key.SignData(signingInput.Span, _algorithm.Hash, _algorithm.Padding!));
}
