using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Signing;

/// <summary>
/// The public half of a key as a JWK with its required members alone, in the order of RFC 7638 section 3.2: what others verify by, and what
/// the thumbprint is taken of.
/// </summary>
internal static class PublicJwk
{
    /// <summary>Computes the key's thumbprint: SHA-256, base64url (RFC 7638).</summary>
    public static string ComputeThumbprint(IDisposable key) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(From(key))));

    public static string From(IDisposable key) => key switch
    {
        RSA rsa => FromRsa(rsa.ExportParameters(includePrivateParameters: false)),
        ECDsa ec => FromEc(JoseCurve.Name(ec), ec.ExportParameters(includePrivateParameters: false).Q),
        // RFC 9964 section 6: alg is a required member too.
        MLDsa mldsa => $$"""{"alg":"{{mldsa.Algorithm.Name}}","kty":"AKP","pub":"{{Base64Url.EncodeToString(mldsa.ExportMLDsaPublicKey())}}"}""",
        _ => throw new UnreachableException(),
    };

    private static string FromRsa(RSAParameters key) =>
        $$"""{"e":"{{Base64Url.EncodeToString(key.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(key.Modulus)}}"}""";

    // Both coordinates have the curve's width, leading zeros included (RFC 7518 section 6.2.1.2): so the platform exports them.
    private static string FromEc(string curve, ECPoint point) =>
        $$"""{"crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
}
