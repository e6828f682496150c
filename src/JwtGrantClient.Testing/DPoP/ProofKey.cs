using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JwtGrantClient.Testing.Jose;
using JwtGrantClient.Testing.Validation;

namespace JwtGrantClient.Testing.DPoP;

#pragma warning disable CA2000 // DPoPProofValidator disposes the key after the verification.
/// <summary>Reads the public key in a proof's header (RFC 9449 section 4.2) and computes its thumbprint (RFC 7638).</summary>
internal static class ProofKey
{
    /// <summary>Returns the key and its thumbprint; null if the key cannot be used.</summary>
    public static (VerificationKey Key, string Thumbprint)? Read(JsonElement header, BrokenRules rules)
    {
        const string Clause = "RFC 9449 section 4.2";
        if (!header.TryGetProperty("jwk", out var jwk))
        {
            rules.Add("S21", Clause, "The DPoP proof's header has no jwk.");
            return null;
        }
        try
        {
            return (PublicJwk.Read(jwk), ComputeThumbprint(jwk));
        }
        catch (UnusableKeyException e)
        {
            rules.Add("S21", Clause, $"The DPoP proof's jwk {e.Message}.");
            return null;
        }
    }

    // Only the required members, in lexicographic order (RFC 7638 section 3, RFC 8037 section 2, RFC 9964). Their values are base64url or fixed names, so nothing is escaped.
    private static string ComputeThumbprint(JsonElement jwk)
    {
        string[] members = jwk.GetStringOrNull("kty") switch
        {
            "RSA" => ["e", "kty", "n"],
            "OKP" => ["crv", "kty", "x"],
            "AKP" => ["alg", "kty", "pub"],
            _ => ["crv", "kty", "x", "y"],
        };
        var json = $"{{{string.Join(',', members.Select(name => $"\"{name}\":\"{jwk.GetStringOrNull(name)}\""))}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
