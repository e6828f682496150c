using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The rules for a public JWK (RFC 7517 section 4, RFC 7518 section 6). They are the same for a registered key and for the key of a DPoP proof.</summary>
public sealed class JwkRuleTests
{
    private static readonly Dictionary<string, Func<JsonObject>> Valid = new()
    {
        ["RSA"] = Rsa,
        ["P-256"] = Ec,
        ["use sig"] = () => Ec().With("use", "sig"),
        ["key_ops verify"] = () => Ec().With("key_ops", new JsonArray("verify")),
        ["key_ops sign and verify"] = () => Ec().With("key_ops", new JsonArray("sign", "verify")),
        ["use and key_ops that agree"] = () => Ec().With("use", "sig").With("key_ops", new JsonArray("verify")),
        ["the alg of the key"] = () => Ec().With("alg", "ES256"),
        ["an unknown member"] = () => Ec().With("x-note", 1),
        ["a kid"] = () => Ec().With("kid", "a"),
    };

    private static readonly Dictionary<string, (string Problem, Func<JsonObject> Jwk)> Invalid = new()
    {
        ["key_ops for encryption with RSA"] = ("key_ops [encrypt]; expected 'verify'", () => Rsa().With("key_ops", new JsonArray("encrypt"))),
        ["key_ops for encryption with EC"] = ("key_ops [deriveKey]", () => Ec().With("key_ops", new JsonArray("deriveKey"))),
        ["key_ops only for signing"] = ("key_ops [sign]", () => Ec().With("key_ops", new JsonArray("sign"))),
        ["empty key_ops"] = ("key_ops []", () => Ec().With("key_ops", new JsonArray())),
        ["key_ops with a repeated operation"] = ("twice in key_ops", () => Ec().With("key_ops", new JsonArray("verify", "verify"))),
        ["key_ops that is a string"] = ("not an array of strings", () => Ec().With("key_ops", "verify")),
        ["key_ops with a number"] = ("not an array of strings", () => Ec().With("key_ops", new JsonArray("verify", 1))),
        ["key_ops that contradicts use"] = ("because its use is 'sig'", () => Ec().With("use", "sig").With("key_ops", new JsonArray("encrypt"))),
        ["use enc"] = ("use 'enc'; expected 'sig'", () => Ec().With("use", "enc")),
        ["use in upper case"] = ("use 'SIG'", () => Ec().With("use", "SIG")),
        ["use that is a list"] = ("'use' as a JSON array", () => Ec().With("use", new JsonArray("sig"))),
        ["use that is null"] = ("'use' as a JSON null", () => Ec().With("use", null)),
        ["alg of another key type"] = ("has the alg 'RS256', but it is an EC key on the curve P-256", () => Ec().With("alg", "RS256")),
        ["alg of another curve"] = ("has the alg 'ES384'", () => Ec().With("alg", "ES384")),
        ["alg for encryption"] = ("has the alg 'RSA1_5'", () => Rsa().With("alg", "RSA1_5")),
        ["alg that does not exist"] = ("has the alg 'ES521'", () => Ec().With("alg", "ES521")),
        ["alg that is a number"] = ("'alg' as a JSON number", () => Ec().With("alg", 256)),
        ["kid that is a number"] = ("'kid' as a JSON number", () => Ec().With("kid", 1)),
        ["kid that is null"] = ("'kid' as a JSON null", () => Ec().With("kid", null)),
        ["no kty"] = ("has no kty", () => Ec().Without("kty")),
        ["kty in lower case"] = ("has the kty 'ec'", () => Ec().With("kty", "ec")),
        ["kty of another key"] = ("has no 'n'", () => Ec().With("kty", "RSA")),
        ["a symmetric key"] = ("'k', which is private", () => new() { ["kty"] = "oct", ["k"] = "AAAA" }),
        ["the private EC member"] = ("'d', which is private", () => Ec().With("d", "AAAA")),
        ["a prime"] = ("'p', which is private", () => Rsa().With("p", "AAAA")),
        ["other primes"] = ("'oth', which is private", () => Rsa().With("oth", new JsonArray())),
        ["a private member of ML-DSA"] = ("'priv', which is private", () => Rsa().With("priv", "AAAA")),
        ["a private member that is null"] = ("'d', which is private", () => Rsa().With("d", null)),
        ["no modulus"] = ("has no 'n'", () => Rsa().Without("n")),
        ["a modulus with a leading zero octet"] = ("as few octets as possible", () => Rsa().With("n", Prepend(Rsa(), "n"))),
        ["an empty modulus"] = ("'n' empty", () => Rsa().With("n", "")),
        ["a modulus with padding"] = ("base64url", () => Rsa().With("n", Rsa()["n"]!.GetValue<string>() + "==")),
        ["an even modulus"] = ("an even modulus", () => Rsa().With("n", Encode([.. Decode(Rsa(), "n")[..^1], 2]))),
        ["a ROCA modulus"] = ("ROCA (CVE-2017-15361)", () => Rsa().With("n", Encode(RocaModulus()))),
        ["no exponent"] = ("has no 'e'", () => Rsa().Without("e")),
        ["an exponent with a leading zero octet"] = ("'e' empty or with leading zero octets", () => Rsa().With("e", "AAEAAQ")),
        ["the exponent 1"] = ("exponent that is 1 or even", () => Rsa().With("e", "AQ")),
        ["an even exponent"] = ("exponent that is 1 or even", () => Rsa().With("e", "AQAA")),
        ["an exponent that is a number"] = ("'e' as a JSON number", () => Rsa().With("e", 65537)),
        ["an unknown curve"] = ("has the crv 'secp256k1'", () => Ec().With("crv", "secp256k1")),
        ["no curve"] = ("has the crv 'missing'", () => Ec().Without("crv")),
        ["a coordinate of 33 octets"] = ("'x' with 33 octets; expected 32", () => Ec().With("x", Prepend(Ec(), "x"))),
        ["a coordinate of 31 octets"] = ("'y' with 31 octets; expected 32", () => Ec().With("y", Encode(Decode(Ec(), "y")[1..]))),
        ["no y"] = ("has no 'y'", () => Ec().Without("y")),
        ["a point off the curve"] = ("is not a valid EC key", () => Ec().With("x", new string('A', 43))),
        ["the point at infinity"] = ("is not a valid EC key", () => Ec().With("x", new string('A', 43)).With("y", new string('A', 43))),
        ["a point on another curve"] = ("octets; expected 32", () => Keys.Jwk(TestData.P384Key, "P-256", null)),
    };

    public static TheoryData<string> ValidCases => TestRows.From(Valid.Keys);

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Theory, MemberData(nameof(ValidCases))]
    public async Task A_valid_JWK_is_accepted_at_registration_and_in_a_DPoP_proof(string testCase)
    {
        TestServer.Start(client: new() { Id = TestData.ClientId, Jwks = Keys.JwkSet(Valid[testCase]()) });

        (await SendProofAsync(Valid[testCase]())).ShouldBeGranted("DPoP");
    }

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task An_invalid_JWK_is_refused_at_registration_and_in_a_DPoP_proof_for_the_same_reason(string testCase)
    {
        var (problem, create) = Invalid[testCase];
        var server = TestServer.Start().Server;

        var client = Assert.Throws<ArgumentException>(() => server.RegisterClient(new() { Id = "other", Jwks = Keys.JwkSet(create()) }));
        var issuer = Assert.Throws<ArgumentException>(() => server.TrustIssuer(new() { Issuer = "idp", Jwks = Keys.JwkSet(create()) }));
        var response = await SendProofAsync(create());

        Assert.Contains(problem, client.Message, StringComparison.Ordinal);
        Assert.Contains(problem, issuer.Message, StringComparison.Ordinal);
        response.ShouldBeRefused(400, "invalid_dpop_proof", "S21").WithExplanation(problem);
    }

    [Theory]
    [InlineData("a ROCA key"), InlineData("a certificate on another curve")]
    public void A_ROCA_key_or_a_key_on_another_curve_is_refused_as_PEM_too(string kind)
    {
        using var roca = RSA.Create(new RSAParameters { Modulus = RocaModulus(), Exponent = [1, 0, 1] });
        using var otherCurve = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        var (pem, problem) = kind == "a ROCA key"
            ? (roca.ExportSubjectPublicKeyInfoPem(), "ROCA")
            : (new CertificateRequest("CN=a", otherCurve, HashAlgorithmName.SHA256).CreateSelfSigned(TestData.StartTime, TestData.StartTime.AddDays(1))
                .ExportCertificatePem(), "P-256, P-384, P-521");

        var error = Assert.Throws<ArgumentException>(() => TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = pem }));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ordinary_RSA_keys_do_not_have_the_ROCA_fingerprint()
    {
        foreach (var key in new[] { TestData.RsaKey, TestData.OtherRsaKey, TestData.WeakRsaKey })
            Assert.False(Jose.RocaTest.HasFingerprint(key.ExportParameters(includePrivateParameters: false).Modulus!));
        Assert.True(Jose.RocaTest.HasFingerprint(RocaModulus()));
    }

    [Fact]
    public async Task An_RSA_and_an_EC_key_may_have_the_same_kid_and_the_alg_selects_one()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, Jwks = Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId), Keys.Jwk(TestData.P256Key, "P-256", TestData.KeyId)),
        });
        var es256 = new JwtBuilder().WithHeader("alg", "ES256").SignedBy(TestData.P256Key, HashAlgorithmName.SHA256);

        (await server.PresentAsync(new JwtBuilder())).ShouldBeGranted();
        (await server.PresentAsync(es256)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithHeader("alg", "ES384"))).ShouldBeRefused(AssertionRole.Grant, "S06");
    }

    [Fact]
    public void Two_EC_keys_with_the_same_kid_are_refused_also_on_different_curves()
    {
        var jwks = Keys.JwkSet(Keys.Jwk(TestData.P256Key, "P-256", "a"), Keys.Jwk(TestData.P384Key, "P-384", "a"));

        var error = Assert.Throws<ArgumentException>(() => TestServer.Start(client: new() { Id = TestData.ClientId, Jwks = jwks }));

        Assert.Contains("two EC keys with the same kid 'a'", error.Message, StringComparison.Ordinal);
    }

    private static Task<TestResponse> SendProofAsync(JsonObject jwk)
    {
        var proof = DPoPProofBuilder.CreateForTokenEndpoint().WithHeader("jwk", jwk);
        if (jwk["kty"]?.ToString() == "RSA")
            proof.WithHeader("alg", "RS256").SignedBy(TestData.RsaKey);
        return TestServer.Start().PostWithAsync(
            [("DPoP", proof.Compact())], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));
    }

    // n = k * M + (65537^a mod M), where M is the product of the primes up to 167 (CVE-2017-15361). The factors do not matter for the test.
    private static byte[] RocaModulus()
    {
        var product = Enumerable.Range(2, 166).Where(number => Enumerable.Range(2, number - 2).All(divisor => number % divisor != 0))
            .Aggregate(BigInteger.One, (factor, prime) => factor * prime);
        var modulus = ((BigInteger.One << 2047) / product + 1) * product + BigInteger.ModPow(65537, 12345, product);
        return modulus.ToByteArray(isUnsigned: true, isBigEndian: true);
    }

    private static JsonObject Rsa() => Keys.Jwk(TestData.RsaKey, null);

    private static JsonObject Ec() => Keys.Jwk(TestData.P256Key, "P-256", null);

    private static byte[] Decode(JsonObject jwk, string name) => Base64Url.DecodeFromChars(jwk[name]!.GetValue<string>());

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string Prepend(JsonObject jwk, string name) => Encode([0, .. Decode(jwk, name)]);
}
