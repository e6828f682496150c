using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>The kinds of cases in the json_web_key tests of Wycheproof, with keys that these tests create.</summary>
public sealed class JwkKeyTests
{
    private static readonly JsonObject Rsa = Keys.PrivateJwk(TestData.RsaKey), Ec = Keys.PrivateJwk(Keys.P256);

    [Fact]
    public void The_kid_and_the_alg_of_a_JWK_are_used()
    {
        var signer = TestSigner.Load(new() { Text = Rsa.With("kid", "a").With("alg", "PS384").With("use", "sig").With("key_ops", new JsonArray("sign")).ToJsonString() });

        Assert.Equal(("PS384", "a", "JWK, RSA"), (signer.Algorithm, signer.KeyId, signer.Identity.Format));
    }

    [Theory]
    [InlineData("nistP256", "ES256")]
    [InlineData("nistP384", "ES384")]
    [InlineData("nistP521", "ES512")]
    public void A_JWK_on_every_supported_curve_loads(string curve, string algorithm) =>
        Assert.Equal(algorithm, TestSigner.Load(new() { Text = Keys.PrivateJwk(Keys.Ec(curve)).ToJsonString() }).Algorithm);

    [Fact]
    public void Numbers_with_an_extra_or_a_missing_leading_zero_load()
    {
        var padded = Rsa.With("n", Keys.EncodeBase64Url([0, .. TestData.RsaKey.ExportParameters(false).Modulus!]));

        Assert.Equal("RS256", TestSigner.Load(new() { Text = padded.ToJsonString() }).Algorithm);
        // The d of this EC key begins with a zero byte, which the JWK leaves out.
        Assert.Equal("ES256", TestSigner.Load(new() { Text = Keys.PrivateJwk(KeyWithShortPrivatePart(out var d)).With("d", Keys.EncodeBase64Url(d)).ToJsonString() }).Algorithm);
    }

    [Fact]
    public void The_certificate_in_x5c_is_used_if_it_belongs_to_the_key()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        using var otherCertificate = Keys.CertificateFor(Keys.P256);

        var signer = TestSigner.Load(new() { Text = Rsa.With("x5c", new JsonArray(Convert.ToBase64String(certificate.RawData))).ToJsonString() });

        Assert.Equal(certificate.Thumbprint, signer.Identity.Certificate!.Thumbprint);
        ExpectUnusable(
            Rsa.With("x5c", new JsonArray(Convert.ToBase64String(otherCertificate.RawData))),
            "there is a JWK whose x5c is a certificate of another key. Use the certificate that was issued for this key.");
    }

    public static TheoryData<string, string> UnusableKeys => new()
    {
        { Rsa.With("use", "enc").ToJsonString(), "there is a JWK whose use is not sig. A signing key has the use sig, or none. Use another key." },
        { Rsa.With("key_ops", new JsonArray("verify")).ToJsonString(), "there is a JWK whose key_ops does not contain sign. The key_ops of a signing key contains sign or is not set. Use another key, or the private key." },
        { Rsa.Without("d", "p", "q", "dp", "dq", "qi").ToJsonString(), "there is a JWK with only a public key. Signing requires the private members; the public members are for the server." },
        { Ec.Without("d").ToJsonString(), "there is a JWK with only a public key. Signing requires the private members; the public members are for the server." },
        { Rsa.Without("p", "q", "dp", "dq", "qi").ToJsonString(), "there is a JWK with the kty RSA and d, but without all of p, q, dp, dq and qi. Export the key again with these members (RFC 7518 section 6.3.2)." },
        { Rsa.With("e", "AQ").ToJsonString(), "there is an RSA JWK with a public exponent that is even or 1 and therefore not secure. Create a new key with the exponent 65537." },
        { Rsa.With("e", "AQAA").ToJsonString(), "there is an RSA JWK with a public exponent that is even or 1 and therefore not secure. Create a new key with the exponent 65537." },
        { Rsa.With("kty", "EC").ToJsonString(), "there is an EC JWK whose crv is not P-256, P-384 or P-521. Create a key on one of them (RFC 7518 section 6.2.1.1)." },
        { Ec.With("crv", "secp256k1").ToJsonString(), "there is an EC JWK whose crv is not P-256, P-384 or P-521. Create a key on one of them (RFC 7518 section 6.2.1.1)." },
        { Ec.With("crv", "P-384").ToJsonString(), InconsistentMembers("EC") },
        { Ec.With("y", Ec["x"]!.DeepClone()).ToJsonString(), InconsistentMembers("EC") },
        { Ec.With("d", Keys.PrivateJwk(Keys.Ec("nistP256"))["d"]!.DeepClone()).ToJsonString(), InconsistentMembers("EC") },
        { Ec.With("d", "").ToJsonString(), InconsistentMembers("EC") },
        { Rsa.With("n", Keys.PrivateJwk(System.Security.Cryptography.RSA.Create(2048))["n"]!.DeepClone()).ToJsonString(), InconsistentMembers("RSA") },
        { Rsa.With("q", "!!").ToJsonString(), InconsistentMembers("RSA") },
        { Rsa.Without("n").ToJsonString(), InconsistentMembers("RSA") },
        { Rsa.With("kty", "DSA").ToJsonString(), "there is a JWK with an unknown kty. Expected RSA, EC or AKP (ML-DSA)." },
        { Rsa.With("kid", 7).ToJsonString(), "there is a JWK that cannot be parsed. A member has the wrong type: kty, kid and the numbers are strings, key_ops is an array." },
        {
            """{"kty":"oct","k":"c2VjcmV0"}""",
            "there is a JWK with the kty oct, a shared secret. HMAC is refused: any party that can verify the assertion can also forge it. Create an RSA or EC key and register its public key with the server."
        },
        {
            """{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}""",
            "there is a JWK with the kty OKP and the crv Ed25519. .NET does not support Ed25519. Use a library that does: implement IJwtSigner with the algorithm Ed25519 (RFC 9864) and pass it to UseSigner."
        },
        { """{"kty":"AKP","alg":"ML-DSA-1","priv":"AA"}""", "there is an AKP JWK whose alg is not ML-DSA-44, ML-DSA-65 or ML-DSA-87. Set alg, which an AKP key requires (RFC 9964)." },
        { """{"kty":"AKP","alg":"ML-DSA-44","priv":"AA"}""", "there is an AKP JWK whose priv has 1 bytes. Expected the seed of 32 bytes (RFC 9964)." },
    };

    [Theory]
    [MemberData(nameof(UnusableKeys))]
    public void The_error_says_why_a_JWK_cannot_sign(string jwk, string seen) => ExpectUnusable(JsonNode.Parse(jwk)!.AsObject(), seen);

    [Theory]
    [InlineData("""{"kty":"RSA","kty":"EC"}""", "there is JSON that cannot be parsed, at line 1. It is incomplete or damaged, or has two members with the same name. Copy it again.")]
    [InlineData("{\n\"kty\":\"RSA\",\n\"d\":\"AAA", "there is JSON that cannot be parsed, at line 3. It is incomplete or damaged, or has two members with the same name. Copy it again.")]
    [InlineData("""{"installed":{"client_secret":"x"}}""", "there is JSON that is not a key. Expected a JWK (with kty), a JWK set (with keys) or a service account (with type).")]
    [InlineData("""{"type":"authorized_user"}""", "there is a credential file that is not a service account. Expected \"type\": \"service_account\" with a private_key.")]
    [InlineData("""{"type":"service_account"}""", "there is a service account without private_key. Create a key for the account and use its JSON file.")]
    public void The_error_says_why_JSON_is_not_a_key(string json, string seen) =>
        KeyLoaderAssert.Throws(new() { Text = json }, "signing_key_unusable", $"In SigningKey:Text {seen}");

    [Fact]
    public void A_configured_algorithm_that_differs_from_the_alg_of_the_JWK_is_rejected() => KeyLoaderAssert.Throws(
        new() { Text = Rsa.With("alg", "PS256").ToJsonString(), Algorithm = "RS256" }, "signing_key_does_not_fit",
        "In SigningKey:Text there is a key whose alg is PS256, but SigningKey:Algorithm is RS256. Remove Algorithm, or use a key for RS256.");

    [Fact]
    public void A_JWK_with_an_encryption_algorithm_is_rejected()
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = Rsa.With("alg", "RSA-OAEP").ToJsonString() }));

        Assert.StartsWith("The signing algorithm 'RSA-OAEP' is unknown. Choose one of RS256, ", error.Message, StringComparison.Ordinal);
    }

    private static string InconsistentMembers(string kind) => $"there is a JWK with the kty {kind} whose members are not a valid key. The members are damaged or come from different keys. Check that the point is on the curve and that the private key belongs to the public key.";

    private static void ExpectUnusable(JsonObject jwk, string seen) =>
        KeyLoaderAssert.Throws(new() { Text = jwk.ToJsonString() }, "signing_key_unusable", $"In SigningKey:Text {seen}");

    private static System.Security.Cryptography.ECDsa KeyWithShortPrivatePart(out byte[] d)
    {
        while (true)
        {
            var key = Keys.Ec("nistP256");
            d = key.ExportParameters(includePrivateParameters: true).D!;
            if (d[0] == 0)
            {
                d = d[1..];
                return key;
            }
        }
    }
}
