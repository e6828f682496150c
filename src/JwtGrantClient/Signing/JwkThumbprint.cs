using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>The thumbprint of a public key as a JWK: SHA-256, base64url (RFC 7638).</summary>
internal static class JwkThumbprint
{
    public static string Of(IDisposable key) => Base64Url.EncodeToString(key switch
    {
        RSA rsa => JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false))).ComputeJwkThumbprint(),
        ECDsa ec => JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec)).ComputeJwkThumbprint(),
        // RFC 9964 section 6: alg is a required member too.
        MLDsa mldsa => SHA256.HashData(Encoding.ASCII.GetBytes(
            $$"""{"alg":"{{mldsa.Algorithm.Name}}","kty":"AKP","pub":"{{Base64Url.EncodeToString(mldsa.ExportMLDsaPublicKey())}}"}""")),
        _ => throw new UnreachableException(),
    });
}
