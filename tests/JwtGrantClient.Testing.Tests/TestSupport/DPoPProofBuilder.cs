using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace JwtGrantClient.Testing.Tests.TestSupport;

/// <summary>Builds DPoP proofs (RFC 9449 section 4.2). A proof is valid until a test changes it.</summary>
internal static class DPoPProofBuilder
{
    public static JwtBuilder Create(string url, string method = "POST", string? accessToken = null, string? nonce = null)
    {
        var proof = new JwtBuilder().Without("kid").Without("iss").Without("sub").Without("aud").Without("exp")
            .WithHeader("typ", "dpop+jwt").WithHeader("alg", "ES256").WithHeader("jwk", Keys.Jwk(TestData.P256Key, "P-256", null))
            .WithClaim("htm", method).WithClaim("htu", url).SignedBy(TestData.P256Key, HashAlgorithmName.SHA256);
        if (accessToken is not null)
            proof.WithClaim("ath", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))));
        return nonce is null ? proof : proof.WithClaim("nonce", nonce);
    }

    public static JwtBuilder CreateForTokenEndpoint(string? nonce = null) => Create(TestData.TokenEndpoint, nonce: nonce);

    /// <summary>Replaces the key in the header and signs with it.</summary>
    public static JwtBuilder WithKey(this JwtBuilder proof, ECDsa key) =>
        proof.WithHeader("jwk", Keys.Jwk(key, "P-256", null)).SignedBy(key, HashAlgorithmName.SHA256);

    /// <summary>Computes the JWK thumbprint (RFC 7638) without code of the server.</summary>
    public static string Thumbprint(ECDsa key)
    {
        var jwk = Keys.Jwk(key, "P-256", null);
        var json = $$"""{"crv":"P-256","kty":"EC","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
    }
}
