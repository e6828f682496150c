using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S10, S11, S12 and S16: who says it, of whom, to whom, and under which id.</summary>
public sealed class AssertionClaimTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> BadInAnyUse = new()
    {
        ["iss empty"] = ("S10", jwt => jwt.Claim("iss", "")),
        ["iss missing"] = ("S10", jwt => jwt.Without("iss")),
        ["iss null"] = ("S10", jwt => jwt.Claim("iss", null)),
        ["iss a number"] = ("S10", jwt => jwt.Claim("iss", 1)),
        ["iss a list"] = ("S10", jwt => jwt.Claim("iss", new JsonArray(TestData.ClientId))),
        ["iss and sub unknown"] = ("S10", jwt => jwt.Claim("iss", "nobody").Claim("sub", "nobody")),
        ["iss and sub in another case"] = ("S10", jwt => jwt.Claim("iss", "Batch-Worker").Claim("sub", "Batch-Worker")),
        ["sub missing"] = ("S11", jwt => jwt.Without("sub")),
        ["sub empty"] = ("S11", jwt => jwt.Claim("sub", "")),
        ["sub null"] = ("S11", jwt => jwt.Claim("sub", null)),
        ["sub a number"] = ("S11", jwt => jwt.Claim("sub", 1)),
        ["sub a list"] = ("S11", jwt => jwt.Claim("sub", new JsonArray(TestData.ClientId))),
        ["aud missing"] = ("S12", jwt => jwt.Without("aud")),
        ["aud null"] = ("S12", jwt => jwt.Claim("aud", null)),
        ["aud empty"] = ("S12", jwt => jwt.Claim("aud", "")),
        ["aud a number"] = ("S12", jwt => jwt.Claim("aud", 1)),
        ["aud an object"] = ("S12", jwt => jwt.Claim("aud", new JsonObject())),
        ["aud an empty list"] = ("S12", jwt => jwt.Claim("aud", new JsonArray())),
        ["aud a list with a number"] = ("S12", jwt => jwt.Claim("aud", new JsonArray(1))),
        ["aud a list in a list"] = ("S12", jwt => jwt.Claim("aud", new JsonArray(new JsonArray(TestData.Issuer)))),
        ["aud of two, the issuer first"] = ("S12", jwt => jwt.Claim("aud", new JsonArray(TestData.Issuer, "https://other.example.com"))),
        ["aud of another server"] = ("S12", jwt => jwt.Claim("aud", "https://other.example.com")),
        ["aud with a slash more"] = ("S12", jwt => jwt.Claim("aud", TestData.Issuer + "/")),
        ["aud with the default port"] = ("S12", jwt => jwt.Claim("aud", TestData.Issuer + ":443")),
        ["aud in upper case"] = ("S12", jwt => jwt.Claim("aud", "HTTPS://AS.EXAMPLE.COM")),
        ["aud with a space"] = ("S12", jwt => jwt.Claim("aud", TestData.Issuer + " ")),
        ["aud the metadata's address"] = ("S12", jwt => jwt.Claim("aud", TestData.Issuer + "/.well-known/oauth-authorization-server")),
        ["jti missing"] = ("S16", jwt => jwt.Without("jti")),
        ["jti empty"] = ("S16", jwt => jwt.Claim("jti", "")),
        ["jti null"] = ("S16", jwt => jwt.Claim("jti", null)),
        ["jti a number"] = ("S16", jwt => jwt.Claim("jti", 12345678901234567)),
        ["jti of 257 characters"] = ("S16", jwt => jwt.Claim("jti", new string('a', 257))),
    };

    public static TheoryData<string, AssertionRole> BadInBothUses => TestRows.InBothUses(BadInAnyUse.Keys);

    [Theory, MemberData(nameof(BadInBothUses))]
    public async Task A_bad_claim_is_refused(string row, AssertionRole use)
    {
        var jwt = new JwtBuilder();
        BadInAnyUse[row].Bend(jwt);

        var answer = await TestServer.Start().PresentAsync(jwt, use);

        answer.ShouldBeRefused(use, BadInAnyUse[row].Rule);
    }

    [Theory]
    [InlineData(AssertionRole.Grant, 1), InlineData(AssertionRole.Grant, 256), InlineData(AssertionRole.ClientAuthentication, 1)]
    [InlineData(AssertionRole.ClientAuthentication, 256)]
    public async Task A_jti_of_1_to_256_characters_is_accepted(AssertionRole use, int length) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().Claim("jti", new string('a', length)), use)).ShouldBeGranted();

    [Theory]
    [InlineData(AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication)]
    public async Task A_list_of_one_audience_is_accepted(AssertionRole use) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().Claim("aud", new JsonArray(TestData.Issuer)), use)).ShouldBeGranted();

    [Fact]
    public async Task A_list_of_this_servers_own_names_is_an_audience_for_a_grant_only()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().Claim("aud", new JsonArray(TestData.Issuer, TestData.TokenEndpoint)), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Claim("aud", new JsonArray(TestData.Issuer, TestData.Issuer)), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S12");
    }

    [Fact]
    public async Task The_token_endpoint_is_an_audience_for_a_grant_and_never_for_client_authentication()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().Claim("aud", TestData.TokenEndpoint), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().Claim("aud", TestData.TokenEndpoint), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S12");
    }

    [Fact]
    public async Task A_client_authenticates_nobody_but_itself()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        (await server.PresentAsync(new JwtBuilder().Claim("sub", TestData.OtherClientId), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10").Saying("both must be the client_id");
        (await server.PresentAsync(new JwtBuilder().Claim("iss", TestData.OtherClientId), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10");
    }

    [Fact]
    public async Task A_client_id_beside_a_client_assertion_names_the_same_client()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        (await server.PostAsync([("grant_type", "client_credentials"), ("client_id", TestData.OtherClientId), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(401, "invalid_client", "S10");
        (await server.PostAsync([("grant_type", "client_credentials"), ("client_id", TestData.ClientId), .. TestServer.ClientAssertion()]))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task A_trusted_issuer_may_sign_grants_and_authenticates_no_client()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(AnIdentityProvider());
        JwtBuilder Signed() => new JwtBuilder().Claim("iss", "https://idp.example.com").Claim("sub", "user-1").SignedBy(TestData.OtherRsaKey);

        (await server.PresentAsync(Signed(), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(Signed().Claim("sub", "https://idp.example.com"), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10");
    }

    [Fact]
    public async Task A_key_signs_under_its_own_issuer_alone()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(AnIdentityProvider());

        (await server.PresentAsync(new JwtBuilder().Claim("iss", "https://idp.example.com"))).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey))).ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    private static TrustedIssuer AnIdentityProvider() =>
        new() { Issuer = "https://idp.example.com", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() };
}
