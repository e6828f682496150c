using System.Security.Cryptography;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Reads a public key for signatures from a JWK (RFC 7517 section 4, RFC 7518 section 6, RFC 8037, RFC 9964). The rules are the same for registered keys and for the
/// keys in DPoP proofs.
/// </summary>
internal static class PublicJwk
{
    private static readonly string[] SecretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    /// <exception cref="UnusableKeyException">The key cannot verify signatures.</exception>
    public static VerificationKey Read(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object)
            throw new UnusableKeyException("is not a JSON object");
        if (Array.Find(SecretMembers, name => jwk.TryGetProperty(name, out _)) is { } secret)
            throw new UnusableKeyException(
                $"has the member '{secret}', which is private. The key is revealed: create a new one, and send only the public key");
        var type = ReadString(jwk, "kty") ?? throw new UnusableKeyException("has no kty");
        var keyId = ReadString(jwk, "kid");
        CheckUse(jwk);
        var algorithm = ReadAlgorithm(jwk);
        var key = ReadKey(jwk, type, keyId, algorithm?.Name);
        if (algorithm is not null && !key.IsFor(algorithm))
            throw new UnusableKeyException($"has the alg '{algorithm.Name}', but it is {key.Kind}");
        return key;
    }

    private static VerificationKey ReadKey(JsonElement jwk, string type, string? keyId, string? algorithm)
    {
        byte[] ReadMember(string name) => ReadOctets(jwk, name);
        try
        {
            return type switch
            {
                "RSA" => RsaVerificationKey.Create(ReadMember("n"), ReadMember("e"), keyId, algorithm),
                "EC" => EcVerificationKey.Create(ReadString(jwk, "crv"), ReadMember, keyId, algorithm),
                "OKP" when ReadString(jwk, "crv") == Ed25519VerificationKey.Curve => new Ed25519VerificationKey(ReadMember("x"), keyId, algorithm),
                "AKP" => MLDsaVerificationKey.FromJwk(algorithm, ReadMember("pub"), keyId),
                _ => throw UnusableKeyException.Unsupported(type == "OKP"
                    ? $"has the crv '{ReadString(jwk, "crv") ?? "missing"}'; this server supports Ed25519 for OKP keys"
                    : $"has the kty '{type}'; this server supports RSA, EC, OKP and AKP"),
            };
        }
        // For example, a point that is not on the curve.
        catch (CryptographicException e)
        {
            throw new UnusableKeyException($"is not a valid {type} key: {e.Message}");
        }
    }

    // A key is for signatures if neither use nor key_ops says otherwise; both must agree (RFC 7517 sections 4.2 and 4.3).
    private static void CheckUse(JsonElement jwk)
    {
        var use = ReadString(jwk, "use");
        if (use is not (null or "sig"))
            throw UnusableKeyException.Unsupported($"has the use '{use}'; expected 'sig'");
        if (!jwk.TryGetProperty("key_ops", out var member))
            return;
        if (member.ValueKind != JsonValueKind.Array || member.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw new UnusableKeyException("has a key_ops that is not an array of strings");
        string?[] operations = [.. member.EnumerateArray().Select(item => item.GetString())];
        if (operations.Distinct(StringComparer.Ordinal).Count() < operations.Length)
            throw new UnusableKeyException("has an operation twice in key_ops (RFC 7517 section 4.3)");
        if (operations.Contains("verify"))
            return;
        var problem = $"has the key_ops [{string.Join(", ", operations)}]; expected 'verify'";
        throw use is null ? UnusableKeyException.Unsupported(problem) : new UnusableKeyException($"{problem}, because its use is 'sig'");
    }

    private static VerificationAlgorithm? ReadAlgorithm(JsonElement jwk) => ReadString(jwk, "alg") is not { } name ? null
        : VerificationAlgorithm.Find(name) ?? throw UnusableKeyException.Unsupported(
            $"has the alg '{name}'; this server supports {VerificationAlgorithm.ListNames(VerificationAlgorithm.All)}");

    // A member with another type has no meaning. To ignore it would be to guess.
    private static string? ReadString(JsonElement jwk, string name) => !jwk.TryGetProperty(name, out var member) ? null
        : member.ValueKind == JsonValueKind.String ? member.GetString()
        : throw new UnusableKeyException($"has '{name}' as a JSON {member.ValueKind.ToString().ToLowerInvariant()}; expected a string");

    private static byte[] ReadOctets(JsonElement jwk, string name) =>
        ReadString(jwk, name) is not { } text ? throw new UnusableKeyException($"has no '{name}'")
        : StrictBase64Url.TryDecode(text, out var bytes) ? bytes
        : throw new UnusableKeyException($"has a '{name}' that is not base64url without padding");
}
