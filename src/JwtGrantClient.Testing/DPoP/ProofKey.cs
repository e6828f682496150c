using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;

namespace JwtGrantClient.Testing.DPoP;

#pragma warning disable CA2000 // DPoPProofValidator disposes the key after the verification.
/// <summary>Reads the public key in a proof's header (RFC 9449 section 4.2) and computes its thumbprint (RFC 7638).</summary>
internal static class ProofKey
{
    public static (VerificationKey Key, string Thumbprint) Read(JsonElement header)
    {
        const string Clause = "RFC 9449 section 4.2";
        if (!header.TryGetProperty("jwk", out var jwk) || jwk.ValueKind != JsonValueKind.Object)
            throw DPoPProofValidator.Refuse("S21", Clause, "The DPoP proof's header has no jwk.");
        try
        {
            return (PublicJwk.Read(jwk), ComputeThumbprint(jwk));
        }
        catch (UnusableKeyException e)
        {
            throw DPoPProofValidator.Refuse("S21", Clause, $"The DPoP proof's jwk {e.Message}.");
        }
    }

    // Only the required members, in lexicographic order (RFC 7638 section 3). Their values are base64url or fixed names, so nothing is escaped.
    private static string ComputeThumbprint(JsonElement jwk)
    {
        string[] members = jwk.GetStringOrNull("kty") == "RSA" ? ["e", "kty", "n"] : ["crv", "kty", "x", "y"];
        var json = $"{{{string.Join(',', members.Select(name => $"\"{name}\":\"{jwk.GetStringOrNull(name)}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
