using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>Reads a JWK Set (RFC 7517 section 5), or one JWK alone.</summary>
internal static class JwkSet
{
    // RFC 7518 section 6.3.2 and 6.2.2: members that only a private key has; k is the whole of a symmetric one (6.4.1).
    private static readonly string[] SecretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    public static IEnumerable<VerificationKey> Read(string json)
    {
        var root = StrictJson.ReadObject(Encoding.UTF8.GetBytes(json), out var problem)
            ?? throw new ArgumentException($"Jwks {problem}. Expected {{\"keys\":[...]}} with public keys, or one public JWK.");
        if (!root.TryGetProperty("keys", out var keys))
            return [ReadKey(root)];
        return keys.ValueKind == JsonValueKind.Array
            ? [.. keys.EnumerateArray().Select(ReadKey)]
            : throw new ArgumentException($"Jwks has the member keys as {Quote.Of(keys)}. Expected an array of JWKs.");
    }

    private static VerificationKey ReadKey(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"Jwks holds {Quote.Of(jwk)} where a JWK should stand.");
        if (SecretMembers.FirstOrDefault(name => jwk.TryGetProperty(name, out _)) is { } secret)
            throw new ArgumentException($"Jwks holds a key with the private member '{secret}'. Register public keys only.");
        var type = Text(jwk, "kty") ?? throw new ArgumentException("Jwks holds a key without kty (RFC 7517 section 4.1).");
        var key = type == "RSA" ? RsaKey.Checked(Rsa(jwk)) : null;
        return new(
            Text(jwk, "kid") ?? (key is null ? "" : RsaKey.Thumbprint(key)), type, key, Text(jwk, "alg"), Text(jwk, "use"), Texts(jwk, "key_ops"));
    }

    private static RSA Rsa(JsonElement jwk)
    {
        var parameters = new RSAParameters { Modulus = Number(jwk, "n"), Exponent = Number(jwk, "e") };
        try
        {
            return RsaKey.Import(key => key.ImportParameters(parameters));
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException("Jwks holds an RSA key whose n and e make no key.", e);
        }
    }

    private static byte[] Number(JsonElement jwk, string name) =>
        StrictBase64Url.TryDecode(Text(jwk, name), out var bytes, out var problem) && bytes is [not 0, ..]
            ? bytes
            : throw new ArgumentException($"Jwks holds an RSA key whose {name} {(problem.Length > 0 ? problem : "is missing or begins with a zero byte")} (RFC 7518 section 6.3.1).");

    private static string? Text(JsonElement jwk, string name) =>
        !jwk.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new ArgumentException($"Jwks holds a key whose {name} is {Quote.Of(value)}. Expected a string.");

    private static string[]? Texts(JsonElement jwk, string name) =>
        !jwk.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : throw new ArgumentException($"Jwks holds a key whose {name} is {Quote.Of(value)}. Expected an array of strings.");
}
