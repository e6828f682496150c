using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Signing;

/// <summary>The thumbprint of a public key as a JWK: SHA-256, base64url (RFC 7638).</summary>
internal static class JwkThumbprint
{
    public static string Compute(IDisposable key) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(PublicJwk.From(key))));
}
