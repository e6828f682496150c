using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S05 and S09: what the header may say of extensions and of the JWT's purpose.</summary>
public sealed class AssertionHeaderTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> Bad = new()
    {
        ["crit that names an unknown extension"] = ("S05", jwt => jwt.Head("crit", new JsonArray("exp")).Head("exp", 1)),
        ["crit that names what is not there"] = ("S05", jwt => jwt.Head("crit", new JsonArray("urn:example:missing"))),
        ["crit that names a registered member"] = ("S05", jwt => jwt.Head("crit", new JsonArray("alg"))),
        ["crit that is empty"] = ("S05", jwt => jwt.Head("crit", new JsonArray())),
        ["crit that is null"] = ("S05", jwt => jwt.Head("crit", null)),
        ["an unencoded payload"] = ("S05", jwt => jwt.Head("crit", new JsonArray("b64")).Head("b64", false)),
        ["b64 without crit"] = ("S05", jwt => jwt.Head("b64", false)),
        ["typ at+jwt"] = ("S09", jwt => jwt.Head("typ", "at+jwt")),
        ["typ dpop+jwt"] = ("S09", jwt => jwt.Head("typ", "dpop+jwt")),
        ["typ logout+jwt"] = ("S09", jwt => jwt.Head("typ", "logout+jwt")),
        ["typ oauth-authz-req+jwt"] = ("S09", jwt => jwt.Head("typ", "oauth-authz-req+jwt")),
        ["typ application/at+jwt"] = ("S09", jwt => jwt.Head("typ", "application/at+jwt")),
        ["typ text/jwt"] = ("S09", jwt => jwt.Head("typ", "text/jwt")),
        ["typ application/application/jwt"] = ("S09", jwt => jwt.Head("typ", "application/application/jwt")),
        ["typ empty"] = ("S09", jwt => jwt.Head("typ", "")),
        ["typ with a space"] = ("S09", jwt => jwt.Head("typ", "JWT ")),
        ["typ JOSE"] = ("S09", jwt => jwt.Head("typ", "JOSE")),
        ["typ a number"] = ("S09", jwt => jwt.Head("typ", 1)),
        ["typ null"] = ("S09", jwt => jwt.Head("typ", null)),
        ["alg none"] = ("S06", jwt => jwt.Head("alg", "none").Signed(_ => [])),
        ["alg None"] = ("S06", jwt => jwt.Head("alg", "None").Signed(_ => [])),
        ["alg none, signed all the same"] = ("S06", jwt => jwt.Head("alg", "none")),
        ["alg missing"] = ("S06", jwt => jwt.Without("alg")),
        ["alg null"] = ("S06", jwt => jwt.Head("alg", null)),
        ["alg a list"] = ("S06", jwt => jwt.Head("alg", new JsonArray("RS256"))),
        ["alg in lower case"] = ("S06", jwt => jwt.Head("alg", "rs256")),
        ["alg unknown"] = ("S06", jwt => jwt.Head("alg", "RS1")),
        ["HS256 keyed with the public key's PEM"] = ("S06", jwt => jwt.Head("alg", "HS256").Signed(input =>
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestData.RsaKey.ExportSubjectPublicKeyInfoPem()), input))),
        ["HS256 keyed with the public key's DER"] = ("S06", jwt => jwt.Head("alg", "HS256").Signed(input =>
            HMACSHA256.HashData(TestData.RsaKey.ExportSubjectPublicKeyInfo(), input))),
        ["kid unknown"] = ("S07", jwt => jwt.Head("kid", "2025-01")),
        ["kid in another case"] = ("S07", jwt => jwt.Head("kid", TestData.KeyId.Replace("2026", "２026", StringComparison.Ordinal))),
        ["kid empty"] = ("S07", jwt => jwt.Head("kid", "")),
        ["kid a number"] = ("S07", jwt => jwt.Head("kid", 202611)),
        ["kid null"] = ("S07", jwt => jwt.Head("kid", null)),
        ["another's key under the registered kid"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["another's key, brought along as jwk"] =
            ("S08", jwt => jwt.Head("jwk", Keys.Jwk(TestData.OtherRsaKey, TestData.KeyId)).SignedBy(TestData.OtherRsaKey)),
        ["another's key, pointed at by jku"] = ("S08", jwt => jwt.Head("jku", "https://evil.example.com/jwks").SignedBy(TestData.OtherRsaKey)),
        ["no signature"] = ("S08", jwt => jwt.Signed(_ => [])),
        ["a signature cut short"] = ("S08", jwt => jwt.Signed(input => Rs256(input)[..^1])),
        ["a signature with a byte more"] = ("S08", jwt => jwt.Signed(input => [.. Rs256(input), 0])),
        ["a signature with one bit turned"] =
            ("S08", jwt => jwt.Signed(input => Rs256(input) is var bytes && (bytes[7] ^= 1) >= 0 ? bytes : [])),
        ["a signature of another text"] = ("S08", jwt => jwt.Signed(input => Rs256([.. input, 0]))),
        ["a signature by another hash"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ["a PSS signature that says RS256"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
    };

    public static TheoryData<string, AssertionRole> BadInBothUses => TestRows.InBothUses(Bad.Keys);

    [Theory, MemberData(nameof(BadInBothUses))]
    public async Task A_bad_header_or_signature_is_refused(string row, AssertionRole use)
    {
        var jwt = new JwtBuilder();
        Bad[row].Bend(jwt);

        var answer = await TestServer.Start().PresentAsync(jwt, use);

        answer.ShouldBeRefused(use, Bad[row].Rule);
    }

    [Theory]
    [InlineData("JWT"), InlineData("jwt"), InlineData("application/jwt"), InlineData("Application/JWT"), InlineData(null)]
    public async Task The_plain_type_serves_both_uses_in_any_spelling(string? type)
    {
        foreach (var use in Enum.GetValues<AssertionRole>())
        {
            var jwt = type is null ? new JwtBuilder().Without("typ") : new JwtBuilder().Head("typ", type);

            (await TestServer.Start().PresentAsync(jwt, use)).ShouldBeGranted();
        }
    }

    [Theory]
    [InlineData("client-authentication+jwt"), InlineData("Client-Authentication+JWT"), InlineData("application/client-authentication+jwt")]
    public async Task The_type_of_client_authentication_serves_client_authentication_alone(string type)
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().Head("typ", type), AssertionRole.ClientAuthentication)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Head("typ", type), AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S09a");
    }

    [Fact]
    public async Task A_server_that_requires_the_type_refuses_client_assertions_without_it_and_takes_grants_as_before()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, RequireExplicitTyp = true });

        (await server.PresentAsync(new JwtBuilder().Without("typ"), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S09");
        (await server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S09");
        (await server.PresentAsync(new JwtBuilder().Head("typ", "client-authentication+jwt"), AssertionRole.ClientAuthentication)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted();
    }

    [Fact]
    public async Task Header_members_without_a_meaning_here_are_ignored()
    {
        var jwt = new JwtBuilder().Head("x5t", "AAAA").Head("cty", "JWT").Head("jku", "https://evil.example.com/jwks")
            .Head("jwk", Keys.Jwk(TestData.OtherRsaKey, "x"));

        (await TestServer.Start().PresentAsync(jwt)).ShouldBeGranted();
    }

    private static byte[] Rs256(byte[] input) => TestData.RsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
