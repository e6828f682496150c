using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The validation of the JOSE header and of the signature (RFC 7515, RFC 8725).</summary>
public sealed class AssertionHeaderTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> Invalid = new()
    {
        ["crit with an unknown extension"] = ("S05", jwt => jwt.WithHeader("crit", new JsonArray("exp")).WithHeader("exp", 1)),
        ["crit with an absent parameter"] = ("S05", jwt => jwt.WithHeader("crit", new JsonArray("urn:example:missing"))),
        ["crit with a registered parameter"] = ("S05", jwt => jwt.WithHeader("crit", new JsonArray("alg"))),
        ["crit is empty"] = ("S05", jwt => jwt.WithHeader("crit", new JsonArray())),
        ["crit is null"] = ("S05", jwt => jwt.WithHeader("crit", null)),
        ["an unencoded payload"] = ("S05", jwt => jwt.WithHeader("crit", new JsonArray("b64")).WithHeader("b64", false)),
        ["b64 without crit"] = ("S05", jwt => jwt.WithHeader("b64", false)),
        ["typ is at+jwt"] = ("S09", jwt => jwt.WithHeader("typ", "at+jwt")),
        ["typ is dpop+jwt"] = ("S09", jwt => jwt.WithHeader("typ", "dpop+jwt")),
        ["typ is logout+jwt"] = ("S09", jwt => jwt.WithHeader("typ", "logout+jwt")),
        ["typ is oauth-authz-req+jwt"] = ("S09", jwt => jwt.WithHeader("typ", "oauth-authz-req+jwt")),
        ["typ is application/at+jwt"] = ("S09", jwt => jwt.WithHeader("typ", "application/at+jwt")),
        ["typ is text/jwt"] = ("S09", jwt => jwt.WithHeader("typ", "text/jwt")),
        ["typ is application/application/jwt"] = ("S09", jwt => jwt.WithHeader("typ", "application/application/jwt")),
        ["typ is empty"] = ("S09", jwt => jwt.WithHeader("typ", "")),
        ["typ has a trailing space"] = ("S09", jwt => jwt.WithHeader("typ", "JWT ")),
        ["typ is JOSE"] = ("S09", jwt => jwt.WithHeader("typ", "JOSE")),
        ["typ is a number"] = ("S09", jwt => jwt.WithHeader("typ", 1)),
        ["typ is null"] = ("S09", jwt => jwt.WithHeader("typ", null)),
        ["alg is none"] = ("S06", jwt => jwt.WithHeader("alg", "none").SignedWith(_ => [])),
        ["alg is None"] = ("S06", jwt => jwt.WithHeader("alg", "None").SignedWith(_ => [])),
        ["alg is none with a signature"] = ("S06", jwt => jwt.WithHeader("alg", "none")),
        ["alg is missing"] = ("S06", jwt => jwt.Without("alg")),
        ["alg is null"] = ("S06", jwt => jwt.WithHeader("alg", null)),
        ["alg is a list"] = ("S06", jwt => jwt.WithHeader("alg", new JsonArray("RS256"))),
        ["alg is in lower case"] = ("S06", jwt => jwt.WithHeader("alg", "rs256")),
        ["alg is unknown"] = ("S06", jwt => jwt.WithHeader("alg", "RS1")),
        ["HS256 with the PEM of the public key as secret"] = ("S06", jwt => jwt.WithHeader("alg", "HS256").SignedWith(input =>
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestData.RsaKey.ExportSubjectPublicKeyInfoPem()), input))),
        ["HS256 with the DER of the public key as secret"] = ("S06", jwt => jwt.WithHeader("alg", "HS256").SignedWith(input =>
            HMACSHA256.HashData(TestData.RsaKey.ExportSubjectPublicKeyInfo(), input))),
        ["kid is unknown"] = ("S07", jwt => jwt.WithHeader("kid", "2025-01")),
        ["kid with full-width digits"] = ("S07", jwt => jwt.WithHeader("kid", TestData.KeyId.Replace("2026", "２026", StringComparison.Ordinal))),
        ["kid is empty"] = ("S07", jwt => jwt.WithHeader("kid", "")),
        ["kid is a number"] = ("S07", jwt => jwt.WithHeader("kid", 202611)),
        ["kid is null"] = ("S07", jwt => jwt.WithHeader("kid", null)),
        ["another key with the registered kid"] = ("S08", jwt => jwt.SignedBy(TestData.OtherRsaKey)),
        ["another key in the jwk header"] =
            ("S08", jwt => jwt.WithHeader("jwk", Keys.Jwk(TestData.OtherRsaKey, TestData.KeyId)).SignedBy(TestData.OtherRsaKey)),
        ["another key with a jku header"] = ("S08", jwt => jwt.WithHeader("jku", "https://evil.example.com/jwks").SignedBy(TestData.OtherRsaKey)),
        ["an empty signature"] = ("S08", jwt => jwt.SignedWith(_ => [])),
        ["a truncated signature"] = ("S08", jwt => jwt.SignedWith(input => Rs256(input)[..^1])),
        ["a signature with an extra byte"] = ("S08", jwt => jwt.SignedWith(input => [.. Rs256(input), 0])),
        ["a signature with a flipped bit"] =
            ("S08", jwt => jwt.SignedWith(input => Rs256(input) is var bytes && (bytes[7] ^= 1) >= 0 ? bytes : [])),
        ["a signature of other data"] = ("S08", jwt => jwt.SignedWith(input => Rs256([.. input, 0]))),
        ["a signature with another hash"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ["a PSS signature with alg RS256"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
    };

    public static TheoryData<string, AssertionRole> InvalidInBothRoles => TestRows.InBothRoles(Invalid.Keys);

    [Theory, MemberData(nameof(InvalidInBothRoles))]
    public async Task An_assertion_with_an_invalid_header_or_signature_is_refused(string testCase, AssertionRole role)
    {
        var jwt = new JwtBuilder();
        Invalid[testCase].Change(jwt);

        var response = await TestServer.Start().PresentAsync(jwt, role);

        response.ShouldBeRefused(role, Invalid[testCase].Rule);
    }

    [Theory]
    [InlineData("JWT"), InlineData("jwt"), InlineData("application/jwt"), InlineData("Application/JWT"), InlineData(null)]
    public async Task The_typ_JWT_in_any_case_or_no_typ_is_accepted_in_both_roles(string? type)
    {
        foreach (var role in Enum.GetValues<AssertionRole>())
        {
            var jwt = type is null ? new JwtBuilder().Without("typ") : new JwtBuilder().WithHeader("typ", type);

            (await TestServer.Start().PresentAsync(jwt, role)).ShouldBeGranted();
        }
    }

    [Theory]
    [InlineData("client-authentication+jwt"), InlineData("Client-Authentication+JWT"), InlineData("application/client-authentication+jwt")]
    public async Task The_client_authentication_typ_is_accepted_for_client_authentication_only(string type)
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().WithHeader("typ", type), AssertionRole.ClientAuthentication)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithHeader("typ", type), AssertionRole.Grant)).ShouldBeRefused(AssertionRole.Grant, "S09a");
    }

    [Fact]
    public async Task A_server_that_requires_the_explicit_typ_refuses_client_assertions_without_it_and_accepts_grants()
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, RequireExplicitTyp = true });

        (await server.PresentAsync(new JwtBuilder().Without("typ"), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S09");
        (await server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(AssertionRole.ClientAuthentication, "S09");
        (await server.PresentAsync(new JwtBuilder().WithHeader("typ", "client-authentication+jwt"), AssertionRole.ClientAuthentication)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted();
    }

    [Fact]
    public async Task Header_parameters_that_the_server_does_not_use_are_ignored()
    {
        var jwt = new JwtBuilder().WithHeader("x5t", "AAAA").WithHeader("cty", "JWT").WithHeader("jku", "https://evil.example.com/jwks")
            .WithHeader("jwk", Keys.Jwk(TestData.OtherRsaKey, "x"));

        (await TestServer.Start().PresentAsync(jwt)).ShouldBeGranted();
    }

    private static byte[] Rs256(byte[] input) => TestData.RsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
