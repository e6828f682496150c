using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

#pragma warning disable CA2000 // A key lives as long as its registration, which lives as long as the server.
/// <summary>Reads registered public keys from PEM or from a JWK Set (RFC 7517 section 5).</summary>
internal static class KeyReader
{
    /// <exception cref="ArgumentException">
    /// There is no usable key, a key is private, or two keys of one type have the same <c>kid</c>.
    /// </exception>
    public static IReadOnlyList<VerificationKey> Read(string? pem, string? keyId, string? jwks, string owner)
    {
        var keys = (pem, jwks) switch
        {
            ({ } text, null) => [ReadPem(text, keyId, owner)],
            (null, { } json) => ReadJwks(json, owner),
            _ => throw new ArgumentException($"'{owner}' needs either PublicKeyPem or Jwks."),
        };
        // Keys of different types may be alternatives with one kid; the alg then selects the key (RFC 7517 section 4.5).
        if (keys.Where(key => key.KeyId is not null).GroupBy(key => (key.KeyId, key.KeyType)).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new ArgumentException($"'{owner}' has two {same.Key.KeyType} keys with the same kid '{same.Key.KeyId}'.");
        return keys;
    }

    private static VerificationKey ReadPem(string pem, string? keyId, string owner)
    {
        try
        {
            return PublicKeyPem.Read(pem, keyId, owner);
        }
        catch (UnusableKeyException e)
        {
            throw new ArgumentException($"The public key of '{owner}' {e.Message}.", e);
        }
        // For example, truncated data.
        catch (CryptographicException e)
        {
            throw new ArgumentException($"A public key of '{owner}' cannot be read: {e.Message}", e);
        }
    }

    private static List<VerificationKey> ReadJwks(string jwks, string owner)
    {
        var json = StrictJson.TryParse(Encoding.UTF8.GetBytes(jwks), out var problem)
            ?? throw new ArgumentException($"The JWK Set of '{owner}' {problem}.");
        if (!json.TryGetProperty("keys", out var members) || members.ValueKind != JsonValueKind.Array)
            throw new ArgumentException($"The JWK Set of '{owner}' has no 'keys' array.");
        var (keys, ignored) = (new List<VerificationKey>(), new List<string>());
        foreach (var (index, jwk) in members.EnumerateArray().Index())
        {
            try
            {
                keys.Add(PublicJwk.Read(jwk));
            }
            // Keys with another use or of an unknown type are ignored (RFC 7517 section 5).
            catch (UnusableKeyException e) when (e.IsUnsupported)
            {
                ignored.Add($" Key {index + 1} {e.Message}.");
            }
            catch (UnusableKeyException e)
            {
                throw new ArgumentException($"Key {index + 1} in the JWK Set of '{owner}' {e.Message}.", e);
            }
        }
        return keys.Count > 0 ? keys : throw new ArgumentException(
            $"The JWK Set of '{owner}' has no key for signatures that this server supports.{string.Concat(ignored)}");
    }
}
