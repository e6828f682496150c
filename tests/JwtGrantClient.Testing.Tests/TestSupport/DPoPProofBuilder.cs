using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>A DPoP proof made by hand (RFC 9449 section 4.2), good until a test bends it.</summary>
internal static class DPoPProofBuilder
{
    public static JwtBuilder For(string address, string method = "POST", string? accessToken = null, string? nonce = null)
    {
        var proof = new JwtBuilder().Without("kid").Without("iss").Without("sub").Without("aud").Without("exp")
            .Head("typ", "dpop+jwt").Head("alg", "ES256").Head("jwk", Keys.Jwk(TestData.P256Key, "P-256", null))
            .Claim("htm", method).Claim("htu", address).SignedBy(TestData.P256Key, HashAlgorithmName.SHA256);
        if (accessToken is not null)
            proof.Claim("ath", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))));
        return nonce is null ? proof : proof.Claim("nonce", nonce);
    }

    public static JwtBuilder ForToken(string? nonce = null) => For(TestData.TokenEndpoint, nonce: nonce);

    public static JwtBuilder By(this JwtBuilder proof, ECDsa key) =>
        proof.Head("jwk", Keys.Jwk(key, "P-256", null)).SignedBy(key, HashAlgorithmName.SHA256);

    /// <summary>RFC 7638, computed apart from the server.</summary>
    public static string Thumbprint(ECDsa key)
    {
        var jwk = Keys.Jwk(key, "P-256", null);
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
