using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Signing;

/// <summary>
/// The public half of a key as a JWK with its required members alone, in the order of RFC 7638 section 3.2: what others verify by, and what
/// the thumbprint is taken of.
/// </summary>
internal static class PublicJwk
{
    public static string Of(IDisposable key) => key switch
    {
        RSA rsa => OfRsa(JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)))),
        ECDsa ec => OfEc(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec))),
        // RFC 9964 section 6: alg is a required member too.
        MLDsa mldsa => $$"""{"alg":"{{mldsa.Algorithm.Name}}","kty":"AKP","pub":"{{Base64Url.EncodeToString(mldsa.ExportMLDsaPublicKey())}}"}""",
        _ => throw new UnreachableException(),
    };

    private static string OfRsa(JsonWebKey jwk) => $$"""{"e":"{{jwk.E}}","kty":"RSA","n":"{{jwk.N}}"}""";

    private static string OfEc(JsonWebKey jwk) => $$"""{"crv":"{{jwk.Crv}}","kty":"EC","x":"{{jwk.X}}","y":"{{jwk.Y}}"}""";
}
