using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.X509;

namespace JwtGrantClient.Testing.Tests;

/// <summary>Signatures with Ed25519 (RFC 8037, RFC 9864) and ML-DSA (RFC 9964), which the platform does not support everywhere.</summary>
public sealed class Ed25519AndMLDsaTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    private static readonly Ed25519PrivateKeyParameters Ed25519Key = new(Seed);

    private static readonly Dictionary<string, MLDsaPrivateKeyParameters> MLDsaKeys = new()
    {
        ["ML-DSA-44"] = MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_44, Seed),
        ["ML-DSA-65"] = MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_65, Seed),
        ["ML-DSA-87"] = MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_87, Seed),
    };

    private static readonly Dictionary<string, (string Problem, Func<JsonObject> Jwk)> InvalidJwks = new()
    {
        ["a point of small order"] = ("has a small order", () => Keys.Jwk(Ed25519Key, null).With("x", Encode([1, .. new byte[31]]))),
        ["a point off the curve"] = ("not on the curve", () => Keys.Jwk(Ed25519Key, null).With("x", Encode([2, .. new byte[31]]))),
        ["an x of 31 octets"] = ("'x' with 31 octets; expected 32", () => Keys.Jwk(Ed25519Key, null).With("x", Encode(new byte[31]))),
        ["the curve Ed448"] = ("has the crv 'Ed448'; this server supports Ed25519", () => Keys.Jwk(Ed25519Key, null).With("crv", "Ed448")),
        ["the curve X25519"] = ("has the crv 'X25519'", () => Keys.Jwk(Ed25519Key, null).With("crv", "X25519")),
        ["a private Ed25519 key"] = ("'d', which is private", () => Keys.Jwk(Ed25519Key, null).With("d", "AAAA")),
        ["an Ed25519 key for ES256"] = ("has the alg 'ES256', but it is an Ed25519 key", () => Keys.Jwk(Ed25519Key, null).With("alg", "ES256")),
        ["an ML-DSA key without alg"] = ("no alg; expected the alg of its key", () => Keys.Jwk(MLDsaKeys["ML-DSA-44"], null).Without("alg")),
        ["an ML-DSA key with another alg"] = ("'pub' with 1312 octets; expected 1952 for ML-DSA-65", () => Keys.Jwk(MLDsaKeys["ML-DSA-44"], null).With("alg", "ML-DSA-65")),
        ["an ML-DSA key with the alg of an RSA key"] = ("the alg 'RS256'; expected", () => Keys.Jwk(MLDsaKeys["ML-DSA-44"], null).With("alg", "RS256")),
        ["a private ML-DSA key"] = ("'priv', which is private", () => Keys.Jwk(MLDsaKeys["ML-DSA-44"], null).With("priv", "AAAA")),
    };

    public static TheoryData<string> InvalidJwkCases => TestRows.From(InvalidJwks.Keys);

    [Theory]
    [InlineData("Ed25519"), InlineData("EdDSA")]
    public async Task An_Ed25519_signature_is_accepted_under_both_names_of_its_algorithm(string name)
    {
        foreach (var role in Enum.GetValues<AssertionRole>())
            (await WithKey(Keys.Jwk(Ed25519Key, TestData.KeyId)).PresentAsync(CreateJwt(name).SignedBy(Ed25519Key), role)).ShouldBeGranted();
        foreach (var alg in new[] { "Ed25519", "EdDSA" })
            (await WithKey(Keys.Jwk(Ed25519Key, TestData.KeyId).With("alg", alg)).PresentAsync(CreateJwt(name).SignedBy(Ed25519Key))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("ML-DSA-44"), InlineData("ML-DSA-65"), InlineData("ML-DSA-87")]
    public async Task An_ML_DSA_signature_is_accepted_only_under_the_algorithm_of_its_key(string name)
    {
        var server = WithKey(Keys.Jwk(MLDsaKeys[name], TestData.KeyId));

        (await server.PresentAsync(CreateJwt(name).SignedBy(MLDsaKeys[name]))).ShouldBeGranted();
        foreach (var other in MLDsaKeys.Keys.Where(other => other != name))
            (await server.PresentAsync(CreateJwt(other).SignedBy(MLDsaKeys[name]))).ShouldBeRefused(AssertionRole.Grant, "S06").WithExplanation($"registered for {name}");
    }

    [Theory]
    [InlineData("Ed25519", "has 63 octets; Ed25519 requires 64", 63), InlineData("Ed25519", "is empty", 0)]
    [InlineData("Ed25519", "does not verify", 64), InlineData("ML-DSA-44", "has 2419 octets; ML-DSA-44 requires 2420", 2419)]
    [InlineData("ML-DSA-44", "does not verify", 2420)]
    public async Task A_signature_that_does_not_verify_is_refused_with_its_cause(string name, string cause, int length)
    {
        var jwk = name == "Ed25519" ? Keys.Jwk(Ed25519Key, TestData.KeyId) : Keys.Jwk(MLDsaKeys[name], TestData.KeyId);

        (await WithKey(jwk).PresentAsync(CreateJwt(name).SignedWith(_ => new byte[length]))).ShouldBeRefused(AssertionRole.Grant, "S08").WithExplanation(cause);
    }

    [Theory, MemberData(nameof(InvalidJwkCases))]
    public async Task An_invalid_JWK_is_refused_at_registration_and_in_a_DPoP_proof(string testCase)
    {
        var (problem, create) = InvalidJwks[testCase];

        var error = Assert.Throws<ArgumentException>(() => WithKey(create()));
        var response = await SendProofAsync(TestServer.Start(), DPoPProofBuilder.CreateForTokenEndpoint().WithHeader("jwk", create()));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        response.ShouldBeRefused(400, "invalid_dpop_proof", "S21").WithExplanation(problem);
    }

    [Theory]
    [InlineData("Ed25519"), InlineData("ML-DSA-44"), InlineData("ML-DSA-65"), InlineData("ML-DSA-87")]
    public async Task A_public_key_is_accepted_as_PEM(string name)
    {
        Org.BouncyCastle.Crypto.AsymmetricKeyParameter key = name == "Ed25519" ? Ed25519Key.GeneratePublicKey() : MLDsaKeys[name].GetPublicKey();
        var pem = PemEncoding.WriteString("PUBLIC KEY", SubjectPublicKeyInfoFactory.CreateSubjectPublicKeyInfo(key).GetDerEncoded());
        var jwt = CreateJwt(name);

        (await TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = pem })
            .PresentAsync(name == "Ed25519" ? jwt.SignedBy(Ed25519Key) : jwt.SignedBy(MLDsaKeys[name]))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("Ed25519"), InlineData("EdDSA"), InlineData("ML-DSA-44"), InlineData("ML-DSA-65"), InlineData("ML-DSA-87")]
    public async Task A_DPoP_proof_binds_the_token_to_the_thumbprint_of_its_key(string name)
    {
        var server = TestServer.Start();
        var jwk = MLDsaKeys.TryGetValue(name, out var key) ? Keys.Jwk(key, null) : Keys.Jwk(Ed25519Key, null);
        var proof = DPoPProofBuilder.CreateForTokenEndpoint().WithHeader("alg", name).WithHeader("jwk", jwk);

        var response = (await SendProofAsync(server, key is null ? proof.SignedBy(Ed25519Key) : proof.SignedBy(key))).ShouldBeGranted("DPoP");

        var members = key is null ? $$"""{"crv":"Ed25519","kty":"OKP","x":"{{jwk["x"]}}"}""" : $$"""{"alg":"{{name}}","kty":"AKP","pub":"{{jwk["pub"]}}"}""";
        Assert.Equal(
            Encode(SHA256.HashData(Encoding.UTF8.GetBytes(members))),
            IssuedToken.Claims(response.AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Theory]
    [InlineData("Ed25519", "Ed25519", true), InlineData("EdDSA", "EdDSA", true), InlineData("EdDSA", "Ed25519", false), InlineData("ML-DSA-65", "Ed25519", false)]
    public async Task A_client_can_be_registered_for_one_of_the_algorithms_by_its_name(string registered, string sent, bool accepted)
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, Jwks = Keys.JwkSet(Keys.Jwk(Ed25519Key, TestData.KeyId)), SigningAlgorithm = registered,
        });

        var response = await server.PresentAsync(CreateJwt(sent).SignedBy(Ed25519Key));

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(AssertionRole.Grant, "S06").WithExplanation($"registered for {registered}");
    }

    [Fact]
    public async Task FapiMode_accepts_Ed25519_and_refuses_ML_DSA()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, FapiMode = true }, new()
        {
            Id = TestData.ClientId, Jwks = Keys.JwkSet(Keys.Jwk(Ed25519Key, "a"), Keys.Jwk(MLDsaKeys["ML-DSA-65"], "b")),
        });
        Task<TestResponse> SendAsync(JwtBuilder assertion) => server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())],
            [("grant_type", "client_credentials"), .. TestServer.ClientAssertion(assertion.Compact())]);

        (await SendAsync(CreateJwt("Ed25519").WithHeader("kid", "a").SignedBy(Ed25519Key))).ShouldBeGranted("DPoP");
        (await SendAsync(CreateJwt("EdDSA").WithHeader("kid", "a").SignedBy(Ed25519Key))).ShouldBeGranted("DPoP");
        (await SendAsync(CreateJwt("ML-DSA-65").WithHeader("kid", "b").SignedBy(MLDsaKeys["ML-DSA-65"]))).ShouldBeRefused(401, "invalid_client", "S06");
    }

    private static Task<TestResponse> SendProofAsync(TestServer server, JwtBuilder proof) => server.PostWithAsync(
        [("DPoP", proof.Compact())], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));

    private static JwtBuilder CreateJwt(string algorithm) => new JwtBuilder().WithHeader("alg", algorithm);

    private static TestServer WithKey(JsonObject jwk) => TestServer.Start(client: new() { Id = TestData.ClientId, Jwks = Keys.JwkSet(jwk) });

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
