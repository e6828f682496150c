using System.Buffers.Text;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Signing;

/// <summary>
/// Creates the JWK of a public key with only the required members, in the order of RFC 7638 section 3.2. It is the <c>jwk</c> of a DPoP proof and
/// the input of the thumbprint.
/// </summary>
internal static class PublicJwk
{
    /// <summary>Returns the JWK thumbprint of a key: SHA-256 in base64url (RFC 7638).</summary>
    public static string ComputeThumbprint(IDisposable key) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(From(key))));

    /// <summary>Returns the JWK of an RSA, ECDsa or MLDsa key as JSON.</summary>
    public static string From(IDisposable key) => key switch
    {
        RSA rsa => FromRsa(rsa.ExportParameters(includePrivateParameters: false)),
        ECDsa ec => FromEc(JoseCurve.GetName(ec), ec.ExportParameters(includePrivateParameters: false).Q),
        // RFC 9964 section 6: alg is also a required member.
        MLDsa mldsa => $$"""{"alg":"{{mldsa.Algorithm.Name}}","kty":"AKP","pub":"{{Base64Url.EncodeToString(mldsa.ExportMLDsaPublicKey())}}"}""",
        _ => throw new UnreachableException(),
    };

    private static string FromRsa(RSAParameters key) =>
        $$"""{"e":"{{Base64Url.EncodeToString(key.Exponent)}}","kty":"RSA","n":"{{Base64Url.EncodeToString(key.Modulus)}}"}""";

    // RFC 7518 section 6.2.1.2: both coordinates have the width of the curve, with leading zeros. .NET exports them in this way.
    private static string FromEc(string curve, ECPoint point) =>
        $$"""{"crv":"{{curve}}","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""";
}
