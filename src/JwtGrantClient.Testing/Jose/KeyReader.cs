using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

#pragma warning disable CA2000 // A key lives as long as its registration, which lives as long as the server.
/// <summary>Reads the public keys that are registered: PEM, or a JWK Set (RFC 7517 section 5).</summary>
internal static class KeyReader
{
    /// <exception cref="ArgumentException">There is no usable key, a key is private, or two have the same <c>kid</c>.</exception>
    public static IReadOnlyList<VerificationKey> Read(string? pem, string? keyId, string? jwks, string owner)
    {
        IReadOnlyList<VerificationKey> keys;
        try
        {
            keys = (pem, jwks) switch
            {
                ({ } text, null) => [new VerificationKey(keyId, PublicKeyPem.Read(text, owner))],
                (null, { } json) => [.. FromJwks(json, owner)],
                _ => throw new ArgumentException($"'{owner}' needs either PublicKeyPem or Jwks."),
            };
        }
        // A text that is cut short, a point beside the curve.
        catch (CryptographicException e)
        {
            throw new ArgumentException($"A public key of '{owner}' cannot be read: {e.Message}", e);
        }
        if (keys.Count == 0)
            throw new ArgumentException($"'{owner}' has no key for signatures in its JWK Set.");
        if (keys.Where(key => key.KeyId is not null).GroupBy(key => key.KeyId).Any(group => group.Count() > 1))
            throw new ArgumentException($"'{owner}' has two keys with the same kid.");
        return keys;
    }

    private static IEnumerable<VerificationKey> FromJwks(string jwks, string owner)
    {
        var json = StrictJson.TryParse(Encoding.UTF8.GetBytes(jwks), out var problem)
            ?? throw new ArgumentException($"The JWK Set of '{owner}' {problem}.");
        if (!json.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            throw new ArgumentException($"The JWK Set of '{owner}' has no list of keys.");
        foreach (var jwk in keys.EnumerateArray())
        {
            if (jwk.ValueKind != JsonValueKind.Object)
                throw new ArgumentException($"The JWK Set of '{owner}' holds something that is no object.");
            // A key that is not for signatures, or of a kind that is not known here, is passed over (RFC 7517 section 5).
            if (jwk.Text("use") is null or "sig" && PublicJwk.TryRead(jwk, owner) is { } key)
                yield return new(jwk.Text("kid"), key, jwk.Text("alg"));
        }
    }
}
