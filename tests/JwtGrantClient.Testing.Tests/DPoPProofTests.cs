using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The validation of DPoP proofs (RFC 9449 section 4.3): a proof is signed by the key in its header and is single-use.</summary>
public sealed class DPoPProofTests
{
    private static readonly Dictionary<string, Action<JwtBuilder>> Valid = new()
    {
        ["the default proof"] = _ => { },
        ["the full media type as typ"] = proof => proof.WithHeader("typ", "application/DPoP+JWT"),
        ["the host in another case"] = proof => proof.WithClaim("htu", "https://AS.example.com/token"),
        ["the default port in htu"] = proof => proof.WithClaim("htu", "https://as.example.com:443/token"),
        ["an RSA key"] = proof => proof.WithHeader("alg", "PS256").WithHeader("jwk", Keys.Jwk(TestData.RsaKey, null))
            .SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ["an iat one minute ago"] = proof => proof.WithClaim("iat", TestData.Now - 60),
        ["an iat ten seconds in the future"] = proof => proof.WithClaim("iat", TestData.Now + 10),
        ["an iat with a fraction"] = proof => proof.WithClaim("iat", TestData.Now + 0.25),
        ["an exp in the future"] = proof => proof.WithClaim("exp", TestData.Now + 1),
        ["an nbf in the past"] = proof => proof.WithClaim("nbf", TestData.Now - 3600),
        ["a percent-encoded letter in htu"] = proof => proof.WithClaim("htu", "https://as.example.com/%74oken"),
        ["an unknown claim"] = proof => proof.WithClaim("foo", "bar"),
    };

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> Invalid = new()
    {
        ["no typ"] = ("S09", proof => proof.Without("typ")),
        ["the typ JWT"] = ("S09", proof => proof.WithHeader("typ", "JWT")),
        ["no signature"] = ("S06", proof => proof.WithHeader("alg", "none").SignedWith(_ => [])),
        ["an HMAC"] = ("S06", proof => proof.WithHeader("alg", "HS256")),
        ["an algorithm that does not match the key"] = ("S06", proof => proof.WithHeader("alg", "ES384")),
        ["a key that is too small"] = ("S06", proof => proof.WithHeader("alg", "RS256").WithHeader("jwk", Keys.Jwk(TestData.WeakRsaKey, null)).SignedBy(TestData.WeakRsaKey)),
        ["a signature by another key"] = ("S08", proof => proof.SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256)),
        ["a signature in DER"] = ("S08", proof => proof.SignedWith(input =>
            TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))),
        ["no jwk"] = ("S21", proof => proof.Without("jwk")),
        ["a jwk that is a string"] = ("S21", proof => proof.WithHeader("jwk", "key")),
        ["a private jwk"] = ("S21", proof => proof.WithHeader("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("d", "AAAA"))),
        ["a prime in the jwk"] = ("S21", proof => proof.WithHeader("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("p", "AAAA"))),
        ["a symmetric jwk"] = ("S21", proof => proof.WithHeader("jwk", new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" })),
        ["a jwk of an unknown curve"] = ("S21", proof => proof.WithHeader("jwk", Keys.Jwk(TestData.P256Key, "secp256k1", null))),
        ["a jwk with a point off the curve"] = ("S21", proof => proof.WithHeader("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("x", new string('A', 43)))),
        ["a jwk without y"] = ("S21", proof => proof.WithHeader("jwk", new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "AAAA" })),
        ["crit"] = ("S05", proof => proof.WithHeader("crit", new JsonArray("foo"))),
        ["no htm"] = ("S21", proof => proof.Without("htm")),
        ["another method"] = ("S21", proof => proof.WithClaim("htm", "GET")),
        ["the method in lower case"] = ("S21", proof => proof.WithClaim("htm", "post")),
        ["no htu"] = ("S21", proof => proof.Without("htu")),
        ["another URL"] = ("S21", proof => proof.WithClaim("htu", "https://as.example.com/revoke")),
        ["a trailing slash in htu"] = ("S21", proof => proof.WithClaim("htu", TestData.TokenEndpoint + "/")),
        ["http instead of https"] = ("S21", proof => proof.WithClaim("htu", "http://as.example.com/token")),
        ["only a path in htu"] = ("S21", proof => proof.WithClaim("htu", "/token")),
        ["a query in htu"] = ("S21", proof => proof.WithClaim("htu", TestData.TokenEndpoint + "?a=b")),
        ["a fragment in htu"] = ("S21", proof => proof.WithClaim("htu", TestData.TokenEndpoint + "#a")),
        ["no iat"] = ("S14", proof => proof.Without("iat")),
        ["an iat that is a string"] = ("S14", proof => proof.WithClaim("iat", $"{TestData.Now}")),
        ["an iat in milliseconds"] = ("S14", proof => proof.WithClaim("iat", TestData.Now * 1000)),
        ["an old iat"] = ("S14", proof => proof.WithClaim("iat", TestData.Now - 61)),
        ["an iat in the future"] = ("S14", proof => proof.WithClaim("iat", TestData.Now + 11)),
        ["an iat before 1970"] = ("S14", proof => proof.WithClaim("iat", -1)),
        ["an exp in the past"] = ("S13", proof => proof.WithClaim("exp", TestData.Now)),
        ["an exp that is a string"] = ("S13", proof => proof.WithClaim("exp", $"{TestData.Now + 60}")),
        ["an exp in milliseconds"] = ("S13", proof => proof.WithClaim("exp", (TestData.Now + 60) * 1000)),
        ["an nbf in the future"] = ("S14", proof => proof.WithClaim("nbf", TestData.Now + 11)),
        ["an nbf that is null"] = ("S14", proof => proof.WithClaim("nbf", null)),
        ["an htm that is a list"] = ("S21", proof => proof.WithClaim("htm", new JsonArray("POST"))),
        ["an htu that is a list"] = ("S21", proof => proof.WithClaim("htu", new JsonArray(TestData.TokenEndpoint))),
        ["an ath that is a number"] = ("S21", proof => proof.WithClaim("ath", 1)),
        ["a space before htu"] = ("S21", proof => proof.WithClaim("htu", $" {TestData.TokenEndpoint}")),
        ["a space after htu"] = ("S21", proof => proof.WithClaim("htu", $"{TestData.TokenEndpoint} ")),
        ["a line break after htu"] = ("S21", proof => proof.WithClaim("htu", $"{TestData.TokenEndpoint}\n")),
        ["a tab inside htu"] = ("S21", proof => proof.WithClaim("htu", "https://as.example.com/to\tken")),
        ["backslashes in htu"] = ("S21", proof => proof.WithClaim("htu", @"https:\\as.example.com\token")),
        ["a user name in htu"] = ("S21", proof => proof.WithClaim("htu", "https://user@as.example.com/token")),
        ["no jti"] = ("S16", proof => proof.Without("jti")),
        ["an empty jti"] = ("S16", proof => proof.WithClaim("jti", "")),
        ["a jti that is a number"] = ("S16", proof => proof.WithClaim("jti", 1)),
        ["a jti of 257 characters"] = ("S16", proof => proof.WithClaim("jti", new string('a', 257))),
        ["a nonce that is a number"] = ("S21", proof => proof.WithClaim("nonce", 1)),
    };

    private readonly TestServer _server = TestServer.Start();

    public static TheoryData<string> ValidCases => TestRows.From(Valid.Keys);

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Theory, MemberData(nameof(ValidCases))]
    public async Task A_valid_proof_binds_the_token(string testCase)
    {
        var proof = DPoPProofBuilder.CreateForTokenEndpoint();
        Valid[testCase](proof);

        (await SendAsync(proof.Compact())).ShouldBeGranted("DPoP");
    }

    [Theory, MemberData(nameof(InvalidCases))]
    public async Task An_invalid_proof_is_refused(string testCase)
    {
        var proof = DPoPProofBuilder.CreateForTokenEndpoint();
        Invalid[testCase].Change(proof);

        (await SendAsync(proof.Compact())).ShouldBeRefused(400, "invalid_dpop_proof", Invalid[testCase].Rule);
    }

    [Theory]
    [InlineData(""), InlineData("x"), InlineData("a.b.c")]
    public async Task A_DPoP_header_that_is_not_a_JWT_is_refused(string proof) =>
        (await SendAsync(proof)).ShouldBeRefused(400, "invalid_dpop_proof", "S03");

    [Fact]
    public async Task All_broken_rules_of_a_proof_are_reported_and_its_jti_stays_unused()
    {
        JwtBuilder CreateProof() => DPoPProofBuilder.CreateForTokenEndpoint().WithClaim("jti", "0123456789abcdef");

        var response = await SendAsync(CreateProof().WithHeader("typ", "JWT").WithClaim("htm", "GET").WithClaim("htu", "https://other.example.com")
            .WithClaim("exp", TestData.Now - 1).SignedWith(_ => []).Compact());

        Assert.Equal(["S08", "S21", "S21", "S13"], response.ShouldBeRefused(400, "invalid_dpop_proof", "S09").Refusal!.AlsoBroken.Select(rule => rule.Rule));
        (await SendAsync(CreateProof().Compact())).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_replayed_proof_jti_is_refused_and_another_key_may_use_the_same_jti()
    {
        JwtBuilder CreateProof() => DPoPProofBuilder.CreateForTokenEndpoint().WithClaim("jti", "0123456789abcdef");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        (await SendAsync(CreateProof().Compact())).ShouldBeGranted("DPoP");
        (await SendAsync(CreateProof().Compact())).ShouldBeRefused(400, "invalid_dpop_proof", "S16");
        (await SendAsync(CreateProof().WithKey(other).Compact())).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task A_request_with_two_proofs_is_refused() =>
        (await SendAsync(DPoPProofBuilder.CreateForTokenEndpoint().Compact(), DPoPProofBuilder.CreateForTokenEndpoint().Compact())).ShouldBeRefused(400, "invalid_dpop_proof", "S21");

    private Task<TestResponse> SendAsync(params string[] proofs) => _server.PostWithAsync(
        [.. proofs.Select(proof => ("DPoP", proof))], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));
}
