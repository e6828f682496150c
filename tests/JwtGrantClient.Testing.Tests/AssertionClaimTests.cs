using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The validation of the claims iss, sub, aud and jti (RFC 7523 section 3).</summary>
public sealed class AssertionClaimTests
{
    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> Invalid = new()
    {
        ["iss is empty"] = ("S10", jwt => jwt.WithClaim("iss", "")),
        ["iss is missing"] = ("S10", jwt => jwt.Without("iss")),
        ["iss is null"] = ("S10", jwt => jwt.WithClaim("iss", null)),
        ["iss is a number"] = ("S10", jwt => jwt.WithClaim("iss", 1)),
        ["iss is a list"] = ("S10", jwt => jwt.WithClaim("iss", new JsonArray(TestData.ClientId))),
        ["iss and sub are unknown"] = ("S10", jwt => jwt.WithClaim("iss", "unknown").WithClaim("sub", "unknown")),
        ["iss and sub differ in case"] = ("S10", jwt => jwt.WithClaim("iss", "Batch-Worker").WithClaim("sub", "Batch-Worker")),
        ["sub is missing"] = ("S11", jwt => jwt.Without("sub")),
        ["sub is empty"] = ("S11", jwt => jwt.WithClaim("sub", "")),
        ["sub is null"] = ("S11", jwt => jwt.WithClaim("sub", null)),
        ["sub is a number"] = ("S11", jwt => jwt.WithClaim("sub", 1)),
        ["sub is a list"] = ("S11", jwt => jwt.WithClaim("sub", new JsonArray(TestData.ClientId))),
        ["aud is missing"] = ("S12", jwt => jwt.Without("aud")),
        ["aud is null"] = ("S12", jwt => jwt.WithClaim("aud", null)),
        ["aud is empty"] = ("S12", jwt => jwt.WithClaim("aud", "")),
        ["aud is a number"] = ("S12", jwt => jwt.WithClaim("aud", 1)),
        ["aud is an object"] = ("S12", jwt => jwt.WithClaim("aud", new JsonObject())),
        ["aud is an empty list"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray())),
        ["aud is a list with a number"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(1))),
        ["aud is a nested list"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(new JsonArray(TestData.Issuer)))),
        ["aud is a list of the issuer and another server"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer, "https://other.example.com"))),
        ["aud is another server"] = ("S12", jwt => jwt.WithClaim("aud", "https://other.example.com")),
        ["aud has a trailing slash"] = ("S12", jwt => jwt.WithClaim("aud", TestData.Issuer + "/")),
        ["aud contains the default port"] = ("S12", jwt => jwt.WithClaim("aud", TestData.Issuer + ":443")),
        ["aud is in upper case"] = ("S12", jwt => jwt.WithClaim("aud", "HTTPS://AS.EXAMPLE.COM")),
        ["aud has a trailing space"] = ("S12", jwt => jwt.WithClaim("aud", TestData.Issuer + " ")),
        ["aud is the metadata URL"] = ("S12", jwt => jwt.WithClaim("aud", TestData.Issuer + "/.well-known/oauth-authorization-server")),
        ["jti is missing"] = ("S16", jwt => jwt.Without("jti")),
        ["jti is empty"] = ("S16", jwt => jwt.WithClaim("jti", "")),
        ["jti is null"] = ("S16", jwt => jwt.WithClaim("jti", null)),
        ["jti is a number"] = ("S16", jwt => jwt.WithClaim("jti", 12345678901234567)),
        ["jti has 257 characters"] = ("S16", jwt => jwt.WithClaim("jti", new string('a', 257))),
    };

    public static TheoryData<string, AssertionRole> InvalidInBothRoles => TestRows.InBothRoles(Invalid.Keys);

    [Theory, MemberData(nameof(InvalidInBothRoles))]
    public async Task An_assertion_with_an_invalid_claim_is_refused(string testCase, AssertionRole role)
    {
        var jwt = new JwtBuilder();
        Invalid[testCase].Change(jwt);

        var response = await TestServer.Start().PresentAsync(jwt, role);

        response.ShouldBeRefused(role, Invalid[testCase].Rule);
    }

    [Theory]
    [InlineData(AssertionRole.Grant, 1), InlineData(AssertionRole.Grant, 256), InlineData(AssertionRole.ClientAuthentication, 1)]
    [InlineData(AssertionRole.ClientAuthentication, 256)]
    public async Task A_jti_of_1_to_256_characters_is_accepted(AssertionRole role, int length) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().WithClaim("jti", new string('a', length)), role)).ShouldBeGranted();

    [Theory]
    [InlineData(AssertionRole.Grant), InlineData(AssertionRole.ClientAuthentication)]
    public async Task An_audience_list_with_one_value_is_accepted(AssertionRole role) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().WithClaim("aud", new JsonArray(TestData.Issuer)), role)).ShouldBeGranted();

    [Fact]
    public async Task An_audience_list_with_two_values_of_this_server_is_accepted_for_grants_only()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().WithClaim("aud", new JsonArray(TestData.Issuer, TestData.TokenEndpoint)), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithClaim("aud", new JsonArray(TestData.Issuer, TestData.Issuer)), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S12");
    }

    [Fact]
    public async Task The_token_endpoint_as_audience_is_accepted_for_grants_only()
    {
        var server = TestServer.Start();

        (await server.PresentAsync(new JwtBuilder().WithClaim("aud", TestData.TokenEndpoint), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder().WithClaim("aud", TestData.TokenEndpoint), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S12");
    }

    [Fact]
    public async Task A_client_assertion_for_another_client_is_refused()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        (await server.PresentAsync(new JwtBuilder().WithClaim("sub", TestData.OtherClientId), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10").WithExplanation("both must be the client_id");
        (await server.PresentAsync(new JwtBuilder().WithClaim("iss", TestData.OtherClientId), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10");
    }

    [Fact]
    public async Task A_client_id_that_differs_from_the_client_assertion_is_refused()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        (await server.PostAsync([("grant_type", "client_credentials"), ("client_id", TestData.OtherClientId), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(401, "invalid_client", "S10");
        (await server.PostAsync([("grant_type", "client_credentials"), ("client_id", TestData.ClientId), .. TestServer.ClientAssertion()]))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task A_trusted_issuer_can_sign_grants_but_not_client_assertions()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(CreateIdentityProvider());
        JwtBuilder CreateAssertion() => new JwtBuilder().WithClaim("iss", "https://idp.example.com").WithClaim("sub", "user-1").SignedBy(TestData.OtherRsaKey);

        (await server.PresentAsync(CreateAssertion(), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(CreateAssertion().WithClaim("sub", "https://idp.example.com"), AssertionRole.ClientAuthentication))
            .ShouldBeRefused(AssertionRole.ClientAuthentication, "S10");
    }

    [Fact]
    public async Task An_assertion_signed_with_the_key_of_another_issuer_is_refused()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(CreateIdentityProvider());

        (await server.PresentAsync(new JwtBuilder().WithClaim("iss", "https://idp.example.com"))).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey))).ShouldBeRefused(AssertionRole.Grant, "S08");
    }

    private static TrustedIssuer CreateIdentityProvider() =>
        new() { Issuer = "https://idp.example.com", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() };
}
