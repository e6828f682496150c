using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.DPoP;
using JwtGrantClient.Testing.Tests.TestSupport;
using JwtGrantClient.Testing.Validation;
using JwtGrantClient.Tests.Vectors;
using Microsoft.Extensions.Time.Testing;
using Org.BouncyCastle.Crypto.Parameters;

namespace JwtGrantClient.Testing.Tests.Vectors;

/// <summary>The keys, signatures, thumbprints and proofs that RFCs contain as examples.</summary>
public sealed class RfcVectorTests
{
    private const string Ed25519Key = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";

    private const string RsaKeyOfThumbprint = """
        {
          "kty": "RSA",
          "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
          "e": "AQAB",
          "alg": "RS256",
          "kid": "2011-04-29"
        }
        """;

    private const string DPoPProof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";

    private const string EdDsaJws = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

    private static readonly Dictionary<string, (string Key, string Jws)> Signatures = new()
    {
        ["RFC 7515 A.2, RS256"] = (Rfc7515.A2Key, $"{Rfc7515.A2Input}.{Rfc7515.A2Signature}"),
        ["RFC 7515 A.3, ES256"] = (Rfc7515.A3Key, $"{Rfc7515.A3Input}.{Rfc7515.A3Signature}"),
        ["RFC 7520 4.1, RS256"] = (Rfc7520.RsaKey, $"{Rfc7520.Rs256Header}.{Rfc7520.Payload}.{Rfc7520.Rs256Signature}"),
        ["RFC 7520 4.2, PS384"] = (Rfc7520.RsaKey, $"{Rfc7520.Ps384Header}.{Rfc7520.Payload}.{Rfc7520.Ps384Signature}"),
        ["RFC 7520 4.3, ES512"] = (Rfc7520.EcKey, $"{Rfc7520.Es512Header}.{Rfc7520.Payload}.{Rfc7520.Es512Signature}"),
        ["RFC 8037 A.4, EdDSA"] = (Ed25519Key, EdDsaJws),
    };

    public static TheoryData<string> SignatureCases => TestRows.From(Signatures.Keys);

    [Theory, MemberData(nameof(SignatureCases))]
    public void A_signature_of_an_RFC_is_accepted_and_each_changed_octet_of_it_is_refused(string example)
    {
        var keys = Judge.ReadKeys(JsonNode.Parse(Signatures[example].Key)!);
        var jws = Signatures[example].Jws;
        var dot = jws.LastIndexOf('.');
        var signature = Base64Url.DecodeFromChars(jws.AsSpan(dot + 1));

        Assert.Empty(Judge.FindBrokenRules(jws, keys));
        for (var i = 0; i < signature.Length; i++)
        {
            byte[] changed = [.. signature];
            changed[i] ^= 1;
            Assert.StartsWith("S08", Assert.Single(Judge.FindBrokenRules($"{jws[..dot]}.{Base64Url.EncodeToString(changed)}", keys)), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(RsaKeyOfThumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")]
    [InlineData(Ed25519Key, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    public void The_thumbprints_of_RFC_7638_section_3_1_and_RFC_8037_A_3_are_computed(string jwk, string thumbprint) =>
        Assert.Equal(thumbprint, ComputeThumbprint(jwk));

    // RFC 9964 appendix A.1: the seed of each key is 32 zero octets, the kid is the thumbprint, and the signatures are deterministic. So the seed is enough
    // to build the examples; the kid and both ends of the signatures are those of the RFC.
    [Theory]
    [InlineData("ML-DSA-44", "T4xl70S7MT6Zeq6r9V9fPJGVn76wfnXJ21-gyo0Gu6o", "knI1Q_9CIzLH5Xy94Kkc7WVKqZcAgtJ3mNf0GUj1", "lcHJ6jKmrsbrEztHd9QAAAAAAAAAAAAAAABIfMEQ")]
    [InlineData("ML-DSA-65", "Suiu29qbfuaBaR4Ats-c6XQBePB_OpAxAwcTR_0KXVM", "zmO9_0bLgJAegoVNymfRo4nGPK5lVtSFGnDbzfzY", "iY6f6Pn-FBUnQkuBhIyPtgAAAAAAAAAABgwVHCUv")]
    [InlineData("ML-DSA-87", "tRn1JNIkgMsABVQBlXeDHxAIcclh-2IX0UdDEzPt5XU", "hmMrKkUgZwGPQV_WUoXUVq_Z9WOenDZbfMmHpKri", "_u9BkenwkQfZGS6ez0AAAAAAAAAAALGSAlKzg7Qw")]
    public void The_keys_and_signatures_of_RFC_9964_are_accepted(string name, string thumbprint, string start, string end)
    {
        var key = MLDsaPrivateKeyParameters.FromSeed(Parameters(name), new byte[32]);
        var jwk = Keys.Jwk(key, thumbprint);
        var jws = new JwtBuilder().WithHeaderText($$"""{"alg":"{{name}}","kid":"{{thumbprint}}"}""")
            .WithPayloadText("It\u2019s a dangerous business, Frodo, going out your door.").SignedBy(key).Compact();

        Assert.Equal(thumbprint, ComputeThumbprint(jwk.ToJsonString()));
        Assert.StartsWith(start, jws.Split('.')[2], StringComparison.Ordinal);
        Assert.EndsWith(end, jws, StringComparison.Ordinal);
        Assert.Empty(Judge.FindBrokenRules(jws, Judge.ReadKeys(jwk)));
    }

    [Fact]
    public async Task The_proof_of_RFC_9449_section_4_1_binds_a_token_to_the_thumbprint_of_section_6_1()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_562_262_616));
        var server = TestServer.Start(_ => new() { TimeProvider = clock, Issuer = "https://server.example.com" });
        var assertion = new JwtBuilder(clock.GetUtcNow()).WithClaim("aud", "https://server.example.com");

        var response = await server.PostWithAsync([("DPoP", DPoPProof)], ("grant_type", TestData.JwtBearer), ("assertion", assertion.Compact()));

        Assert.Equal(
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            IssuedToken.Claims(response.ShouldBeGranted("DPoP").AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public void The_ath_of_RFC_9449_section_7_1_is_that_of_its_access_token()
    {
        var claims = JsonDocument.Parse("""{"htm":"GET","htu":"https://resource.example.org/protectedresource","ath":"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}""").RootElement;
        var rules = new BrokenRules(AssertionUse.Grant, new());

        RequestRules.Check(claims, "GET", "https://resource.example.org/protectedresource", "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", rules);

        Assert.True(rules.IsEmpty);
    }

    // The assertion of RFC 7515 has no aud and no jti, and expired in 2011.
    [Fact]
    public async Task The_JWT_of_RFC_7515_is_refused_as_a_grant_for_its_claims_only()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(new() { Issuer = "joe", Jwks = Keys.JwkSet(JsonNode.Parse(Rfc7515.A3Key)!.AsObject().Without("d")) });

        var response = await server.PresentAsync($"{Rfc7515.A3Input}.{Rfc7515.A3Signature}", AssertionRole.Grant);

        Assert.Equal(["S12", "S13", "S16"], response.ShouldBeRefused(AssertionRole.Grant, "S11").Refusal!.AlsoBroken.Select(rule => rule.Rule));
    }

    private static string? ComputeThumbprint(string jwk)
    {
        var header = JsonDocument.Parse($$"""{"jwk":{{jwk}}}""").RootElement;
        return ProofKey.Read(header, new BrokenRules(AssertionUse.Grant, new()))?.Thumbprint;
    }

    private static MLDsaParameters Parameters(string name) => name switch
    {
        "ML-DSA-44" => MLDsaParameters.ml_dsa_44,
        "ML-DSA-65" => MLDsaParameters.ml_dsa_65,
        _ => MLDsaParameters.ml_dsa_87,
    };
}
