using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>ML-DSA (RFC 9964): real signatures on every platform, and key files where the platform supports ML-DSA.</summary>
public sealed class MlDsaSigningTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData("ML-DSA-44", 2420)]
    [InlineData("ML-DSA-65", 3309)]
    [InlineData("ML-DSA-87", 4627)]
    public async Task An_ML_DSA_signature_verifies_with_the_public_key(string name, int bytes)
    {
        using var key = new BouncyMlDsa(SignatureAlgorithm.FromName(name).MlDsa!, Seed);
        var signer = SigningKeyLoader.CreateSigner(new() { Key = key, Format = "JWK, AKP" }, "the test", new());

        var jwt = Jwt.Parse(await JwsWriter.SignAsync(new JwsHeader(signer, "JWT"), "{}"u8.ToArray(), TestContext.Current.CancellationToken));

        Assert.Equal(name, jwt.Header.GetProperty("alg").GetString());
        Assert.Equal(bytes, jwt.Signature.Length);
        Assert.True(key.Verifies(jwt.SigningInput, jwt.Signature));
    }

    [Fact]
    public void The_JWK_thumbprint_of_an_ML_DSA_key_covers_alg_kty_and_pub()
    {
        using var key = new BouncyMlDsa(MLDsaAlgorithm.MLDsa44, Seed);
        var jwk = $$"""{"alg":"ML-DSA-44","kty":"AKP","pub":"{{Keys.EncodeBase64Url(key.ExportMLDsaPublicKey())}}"}""";

        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(Encoding.UTF8.GetBytes(jwk))), PublicJwk.ComputeThumbprint(key));
    }

    [Theory]
    [InlineData("ML-DSA-65")]
    [InlineData("RS256")]
    public void An_algorithm_that_does_not_fit_an_ML_DSA_key_is_rejected(string algorithm)
    {
        var error = Assert.Throws<JwtGrantException>(() => SigningKeyLoader.CreateSigner(
            new() { Key = new BouncyMlDsa(MLDsaAlgorithm.MLDsa44, Seed), Format = "JWK, AKP" }, "the test", new() { Algorithm = algorithm }));

        Assert.Equal(
            $"In the test there is an ML-DSA key, which {algorithm} cannot use. Set the algorithm to one of ML-DSA-44, or use another key.", error.Message);
    }

    [Theory]
    [InlineData("ML-DSA-44", 17)]
    [InlineData("ML-DSA-65", 18)]
    [InlineData("ML-DSA-87", 19)]
    public async Task A_seed_in_a_JWK_or_PKCS8_loads_or_the_error_says_that_the_platform_has_no_ML_DSA(string name, byte arc)
    {
        var jwk = $$"""{"kty":"AKP","alg":"{{name}}","priv":"{{Keys.EncodeBase64Url(Seed)}}","kid":"pq"}""";
        // RFC 9881 section 6: the octet string of the private key contains the seed with the tag [0].
        var pem = new string(PemEncoding.Write(
            "PRIVATE KEY", [0x30, 0x34, 0x02, 0x01, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, arc, 0x04, 0x22, 0x80, 0x20, .. Seed]));

        foreach (var text in new[] { jwk, pem })
            if (MLDsa.IsSupported)
            {
                using var verifier = new BouncyMlDsa(SignatureAlgorithm.FromName(name).MlDsa!, Seed);
                var signer = TestSigner.Load(new() { Text = text });
                var signature = await signer.SignAsync("x"u8.ToArray(), TestContext.Current.CancellationToken);
                Assert.Equal(name, signer.Algorithm);
                Assert.True(verifier.Verifies("x"u8.ToArray(), signature.ToArray()));
            }
            else
                KeyLoaderAssert.Throws(new() { Text = text }, "algorithm_not_supported",
                    "In SigningKey:Text there is an ML-DSA key (RFC 9964), but this platform does not support ML-DSA. " +
                    "Use OpenSSL 3.5 or later or a recent version of Windows, or use an RSA or EC key.");
    }
}
