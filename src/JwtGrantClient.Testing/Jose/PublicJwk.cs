using System.Security.Cryptography;
using System.Text.Json;

namespace JwtGrantClient.Testing.Jose;

/// <summary>A public RSA or EC key as a JWK (RFC 7518 sections 6.2 and 6.3).</summary>
internal static class PublicJwk
{
    /// <summary>The key; null where its type or curve is not known here.</summary>
    /// <exception cref="ArgumentException">It is private, or lacks a member.</exception>
    /// <exception cref="CryptographicException">Its members are no key.</exception>
    public static AsymmetricAlgorithm? TryRead(JsonElement jwk, string owner)
    {
        if (jwk.TryGetProperty("d", out _))
            throw new ArgumentException($"A key of '{owner}' has the private member 'd'; register public keys only.");
        return (jwk.Text("kty"), jwk.Text("crv")) switch
        {
            ("RSA", _) => Rsa(Member(jwk, "n", owner), Member(jwk, "e", owner), owner),
            ("EC", "P-256") => Ec(ECCurve.NamedCurves.nistP256, jwk, owner),
            ("EC", "P-384") => Ec(ECCurve.NamedCurves.nistP384, jwk, owner),
            ("EC", "P-521") => Ec(ECCurve.NamedCurves.nistP521, jwk, owner),
            _ => null,
        };
    }

    private static RSA Rsa(byte[] modulus, byte[] exponent, string owner) =>
        // With the exponent 1 a signature is its own message, and anybody can make one.
        exponent is [] or [1] || (exponent[^1] & 1) == 0
            ? throw new ArgumentException($"A key of '{owner}' has an exponent that is 1 or even.")
            : RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });

    private static ECDsa Ec(ECCurve curve, JsonElement jwk, string owner) =>
        ECDsa.Create(new ECParameters { Curve = curve, Q = { X = Member(jwk, "x", owner), Y = Member(jwk, "y", owner) } });

    private static byte[] Member(JsonElement jwk, string name, string owner) =>
        StrictBase64Url.TryDecode(jwk.Text(name) ?? "=", out var bytes)
            ? bytes
            : throw new ArgumentException($"A key of '{owner}' has no '{name}' in base64url.");
}
