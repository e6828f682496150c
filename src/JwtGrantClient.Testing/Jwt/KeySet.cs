using System.Collections.Immutable;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>The public keys of one client or issuer. A key without a kid goes by its RFC 7638 thumbprint.</summary>
internal sealed class KeySet(ImmutableArray<VerificationKey> keys)
{
    public ImmutableArray<VerificationKey> Keys { get; } = keys;

    public IEnumerable<string> KeyIds => Keys.Select(key => key.KeyId);

    /// <exception cref="ArgumentException">The keys do not parse, are private, or are too weak; the text says which and why.</exception>
    public static KeySet Load(string? pem, string? keyId, string? jwks)
    {
        if (keyId is not null && pem is null)
            throw new ArgumentException("KeyId names the key of PublicKeyPem, and there is none. In a JWKS, set the member kid.");
        var keys = ImmutableArray.CreateBuilder<VerificationKey>();
        if (pem is not null)
            keys.Add(PublicKeyPem.Read(pem, keyId));
        if (jwks is not null)
            keys.AddRange(JwkSet.Read(jwks));
        return new(keys.ToImmutable());
    }
}
