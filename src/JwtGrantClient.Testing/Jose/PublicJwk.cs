using System.Security.Cryptography;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

/// <summary>Reads a public RSA or EC key from a JWK (RFC 7518 sections 6.2 and 6.3).</summary>
internal static class PublicJwk
{
    /// <summary>Returns the key; null if its type or curve is not supported.</summary>
    /// <exception cref="ArgumentException">The key is private, or a member is missing or invalid.</exception>
    /// <exception cref="CryptographicException">The members do not form a valid key.</exception>
    public static AsymmetricAlgorithm? TryRead(JsonElement jwk, string owner)
    {
        if (jwk.TryGetProperty("d", out _))
            throw new ArgumentException($"A key of '{owner}' has the private member 'd'. Use only the public key.");
        return (jwk.GetStringOrNull("kty"), jwk.GetStringOrNull("crv")) switch
        {
            ("RSA", _) => CreateRsa(ReadMember(jwk, "n", owner), ReadMember(jwk, "e", owner), owner),
            ("EC", "P-256") => CreateEc(ECCurve.NamedCurves.nistP256, jwk, owner),
            ("EC", "P-384") => CreateEc(ECCurve.NamedCurves.nistP384, jwk, owner),
            ("EC", "P-521") => CreateEc(ECCurve.NamedCurves.nistP521, jwk, owner),
            _ => null,
        };
    }

    private static RSA CreateRsa(byte[] modulus, byte[] exponent, string owner) =>
        // With the exponent 1 a signature equals its padded message, so anyone can forge one.
        exponent is [] or [1] || (exponent[^1] & 1) == 0
            ? throw new ArgumentException($"A key of '{owner}' has an exponent that is 1 or even.")
            : RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });

    private static ECDsa CreateEc(ECCurve curve, JsonElement jwk, string owner) =>
        ECDsa.Create(new ECParameters { Curve = curve, Q = { X = ReadMember(jwk, "x", owner), Y = ReadMember(jwk, "y", owner) } });

    private static byte[] ReadMember(JsonElement jwk, string name, string owner) =>
        // A missing member is read as "=", which is not base64url.
        StrictBase64Url.TryDecode(jwk.GetStringOrNull(name) ?? "=", out var bytes)
            ? bytes
            : throw new ArgumentException($"A key of '{owner}' has no '{name}' in base64url.");
}
