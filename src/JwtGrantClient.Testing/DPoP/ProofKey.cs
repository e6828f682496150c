using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.DPoP;

#pragma warning disable CA2000 // The judge disposes of the key once it has verified.
/// <summary>The public key in a proof's header (RFC 9449 section 4.2), and its thumbprint (RFC 7638).</summary>
internal static class ProofKey
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    public static (VerificationKey Key, string Thumbprint) Read(JsonElement header)
    {
        const string Clause = "RFC 9449 section 4.2";
        if (!header.TryGetProperty("jwk", out var jwk) || jwk.ValueKind != JsonValueKind.Object)
            throw DPoPProofValidator.Refuse("S21", Clause, "The DPoP proof's header has no jwk.");
        if (PrivateMembers.FirstOrDefault(name => jwk.TryGetProperty(name, out _)) is { } secret)
            throw DPoPProofValidator.Refuse(
                "S21", Clause, $"The DPoP proof's jwk has the private member '{secret}': the key is given away. Make a new one.");
        try
        {
            var key = PublicJwk.TryRead(jwk, "the DPoP proof")
                ?? throw DPoPProofValidator.Refuse("S21", Clause, "The DPoP proof's jwk is neither an RSA key nor an EC key on a known curve.");
            return (new(null, key), Thumbprint(jwk));
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            throw DPoPProofValidator.Refuse("S21", Clause, $"The DPoP proof's jwk is no key: {e.Message}");
        }
    }

    // The required members in their order, and nothing else; their values are base64url or names, so that nothing is to be escaped.
    private static string Thumbprint(JsonElement jwk)
    {
        string[] members = jwk.Text("kty") == "RSA" ? ["e", "kty", "n"] : ["crv", "kty", "x", "y"];
        var json = $"{{{string.Join(',', members.Select(name => $"\"{name}\":\"{jwk.Text(name)}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
