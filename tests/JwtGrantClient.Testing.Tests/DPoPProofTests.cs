using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 9449 section 4.3: a proof is made for one request, by the key in its header, and serves once.</summary>
public sealed class DPoPProofTests
{
    private static readonly Dictionary<string, Action<JwtBuilder>> Good = new()
    {
        ["as it is"] = _ => { },
        ["with the long media type"] = proof => proof.Head("typ", "application/DPoP+JWT"),
        ["with the host in another case"] = proof => proof.Claim("htu", "https://AS.example.com/token"),
        ["with the default port"] = proof => proof.Claim("htu", "https://as.example.com:443/token"),
        ["by an RSA key"] = proof => proof.Head("alg", "PS256").Head("jwk", Keys.Jwk(TestData.RsaKey, null))
            .SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        ["a minute old"] = proof => proof.Claim("iat", TestData.Now - 60),
        ["ten seconds ahead"] = proof => proof.Claim("iat", TestData.Now + 10),
        ["with an iat in parts of a second"] = proof => proof.Claim("iat", TestData.Now + 0.25),
        ["with claims that nobody asked for"] = proof => proof.Claim("foo", "bar"),
    };

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> Bad = new()
    {
        ["no typ"] = ("S09", proof => proof.Without("typ")),
        ["the typ JWT"] = ("S09", proof => proof.Head("typ", "JWT")),
        ["no signature"] = ("S06", proof => proof.Head("alg", "none").Signed(_ => [])),
        ["an HMAC"] = ("S06", proof => proof.Head("alg", "HS256")),
        ["another algorithm than its key's"] = ("S06", proof => proof.Head("alg", "ES384")),
        ["a key that is too small"] = ("S06", proof => proof.Head("alg", "RS256").Head("jwk", Keys.Jwk(TestData.WeakRsaKey, null)).SignedBy(TestData.WeakRsaKey)),
        ["another key's signature"] = ("S08", proof => proof.SignedBy(ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256)),
        ["a signature in DER"] = ("S08", proof => proof.Signed(input =>
            TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))),
        ["no jwk"] = ("S21", proof => proof.Without("jwk")),
        ["a jwk that is a text"] = ("S21", proof => proof.Head("jwk", "key")),
        ["a private jwk"] = ("S21", proof => proof.Head("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("d", "AAAA"))),
        ["a prime in the jwk"] = ("S21", proof => proof.Head("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("p", "AAAA"))),
        ["a symmetric jwk"] = ("S21", proof => proof.Head("jwk", new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" })),
        ["a jwk of an unknown curve"] = ("S21", proof => proof.Head("jwk", Keys.Jwk(TestData.P256Key, "secp256k1", null))),
        ["a jwk beside the curve"] = ("S21", proof => proof.Head("jwk", Keys.Jwk(TestData.P256Key, "P-256", null).With("x", new string('A', 43)))),
        ["a jwk without y"] = ("S21", proof => proof.Head("jwk", new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = "AAAA" })),
        ["crit"] = ("S05", proof => proof.Head("crit", new JsonArray("foo"))),
        ["no htm"] = ("S21", proof => proof.Without("htm")),
        ["another method"] = ("S21", proof => proof.Claim("htm", "GET")),
        ["the method in lower case"] = ("S21", proof => proof.Claim("htm", "post")),
        ["no htu"] = ("S21", proof => proof.Without("htu")),
        ["another address"] = ("S21", proof => proof.Claim("htu", "https://as.example.com/revoke")),
        ["a slash too many"] = ("S21", proof => proof.Claim("htu", TestData.TokenEndpoint + "/")),
        ["http"] = ("S21", proof => proof.Claim("htu", "http://as.example.com/token")),
        ["a path alone"] = ("S21", proof => proof.Claim("htu", "/token")),
        ["a query"] = ("S21", proof => proof.Claim("htu", TestData.TokenEndpoint + "?a=b")),
        ["a fragment"] = ("S21", proof => proof.Claim("htu", TestData.TokenEndpoint + "#a")),
        ["no iat"] = ("S14", proof => proof.Without("iat")),
        ["an iat as text"] = ("S14", proof => proof.Claim("iat", $"{TestData.Now}")),
        ["an iat in milliseconds"] = ("S14", proof => proof.Claim("iat", TestData.Now * 1000)),
        ["an old iat"] = ("S14", proof => proof.Claim("iat", TestData.Now - 61)),
        ["an iat in the future"] = ("S14", proof => proof.Claim("iat", TestData.Now + 11)),
        ["no jti"] = ("S16", proof => proof.Without("jti")),
        ["an empty jti"] = ("S16", proof => proof.Claim("jti", "")),
        ["a jti that is a number"] = ("S16", proof => proof.Claim("jti", 1)),
        ["a nonce that is a number"] = ("S21", proof => proof.Claim("nonce", 1)),
    };

    private readonly TestServer _server = TestServer.Start();

    public static TheoryData<string> GoodNames => TestRows.Of(Good.Keys);

    public static TheoryData<string> BadNames => TestRows.Of(Bad.Keys);

    [Theory, MemberData(nameof(GoodNames))]
    public async Task A_good_proof_binds_the_token(string row)
    {
        var proof = DPoPProofBuilder.ForToken();
        Good[row](proof);

        (await SendAsync(proof.Compact())).ShouldBeGranted("DPoP");
    }

    [Theory, MemberData(nameof(BadNames))]
    public async Task A_bad_proof_is_refused(string row)
    {
        var proof = DPoPProofBuilder.ForToken();
        Bad[row].Bend(proof);

        (await SendAsync(proof.Compact())).ShouldBeRefused(400, "invalid_dpop_proof", Bad[row].Rule);
    }

    [Theory]
    [InlineData(""), InlineData("x"), InlineData("a.b.c")]
    public async Task A_word_is_no_proof(string proof) =>
        (await SendAsync(proof)).ShouldBeRefused(400, "invalid_dpop_proof", "S03");

    [Fact]
    public async Task A_proof_serves_once_and_another_key_may_have_its_jti()
    {
        JwtBuilder Proof() => DPoPProofBuilder.ForToken().Claim("jti", "0123456789abcdef");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        (await SendAsync(Proof().Compact())).ShouldBeGranted("DPoP");
        (await SendAsync(Proof().Compact())).ShouldBeRefused(400, "invalid_dpop_proof", "S16");
        (await SendAsync(Proof().By(other).Compact())).ShouldBeGranted("DPoP");
    }

    [Fact]
    public async Task Two_proofs_are_one_too_many() =>
        (await SendAsync(DPoPProofBuilder.ForToken().Compact(), DPoPProofBuilder.ForToken().Compact())).ShouldBeRefused(400, "invalid_dpop_proof", "S21");

    private Task<TestResponse> SendAsync(params string[] proofs) => _server.PostWithAsync(
        [.. proofs.Select(proof => ("DPoP", proof))], ("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()));
}
