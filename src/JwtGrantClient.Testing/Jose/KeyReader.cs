using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

#pragma warning disable CA2000 // A key lives as long as its registration, which lives as long as the server.
/// <summary>Reads registered public keys from PEM or from a JWK Set (RFC 7517 section 5).</summary>
internal static class KeyReader
{
    /// <exception cref="ArgumentException">There is no usable key, a key is private, or two keys have the same <c>kid</c>.</exception>
    public static IReadOnlyList<VerificationKey> Read(string? pem, string? keyId, string? jwks, string owner)
    {
        IReadOnlyList<VerificationKey> keys;
        try
        {
            keys = (pem, jwks) switch
            {
                ({ } text, null) => [new VerificationKey(keyId, PublicKeyPem.Read(text, owner))],
                (null, { } json) => [.. ReadJwks(json, owner)],
                _ => throw new ArgumentException($"'{owner}' needs either PublicKeyPem or Jwks."),
            };
        }
        // For example, truncated data, or a point that is not on the curve.
        catch (CryptographicException e)
        {
            throw new ArgumentException($"A public key of '{owner}' cannot be read: {e.Message}", e);
        }
        if (keys.Count == 0)
            throw new ArgumentException($"The JWK Set of '{owner}' has no key for signatures that this server supports.");
        if (keys.Where(key => key.KeyId is not null).GroupBy(key => key.KeyId).Any(group => group.Count() > 1))
            throw new ArgumentException($"'{owner}' has two keys with the same kid.");
        return keys;
    }

    private static IEnumerable<VerificationKey> ReadJwks(string jwks, string owner)
    {
        var json = StrictJson.TryParse(Encoding.UTF8.GetBytes(jwks), out var problem)
            ?? throw new ArgumentException($"The JWK Set of '{owner}' {problem}.");
        if (!json.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            throw new ArgumentException($"The JWK Set of '{owner}' has no 'keys' array.");
        foreach (var jwk in keys.EnumerateArray())
        {
            if (jwk.ValueKind != JsonValueKind.Object)
                throw new ArgumentException($"The JWK Set of '{owner}' contains a key that is not a JSON object.");
            // Keys with another use or of an unknown type are ignored (RFC 7517 section 5).
            if (jwk.GetStringOrNull("use") is null or "sig" && PublicJwk.TryRead(jwk, owner) is { } key)
                yield return new(jwk.GetStringOrNull("kid"), key, jwk.GetStringOrNull("alg"));
        }
    }
}
