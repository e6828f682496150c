using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>S11, S17 and S18: what a grant entitles to, and whom.</summary>
public sealed class JwtBearerGrantTests
{
    [Theory]
    [InlineData("password"), InlineData("Refresh_Token"), InlineData("JWT-BEARER")]
    [InlineData("urn:ietf:params:oauth:grant-type:SAML2-bearer")]
    public async Task An_unknown_grant_type_is_not_supported(string type) =>
        (await TestServer.Start().PostAsync([("grant_type", type), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "unsupported_grant_type", "S17");

    [Fact]
    public async Task A_client_may_be_held_to_some_grant_types()
    {
        var server = WithClient(grants: [TestData.JwtBearer]);

        (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted();
        (await server.PresentAsync(new JwtBuilder(), AssertionRole.ClientAuthentication)).ShouldBeRefused(400, "unauthorized_client", "S17");
        (await server.PostAsync([("grant_type", "password"), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "unsupported_grant_type", "S17");
        (await WithClient(grants: ["client_credentials"]).PresentAsync(new JwtBuilder(), AssertionRole.Grant))
            .ShouldBeRefused(400, "unauthorized_client", "S17");
    }

    [Theory]
    [InlineData("read", true), InlineData("read write", true), InlineData("write read", true), InlineData("delete", false)]
    [InlineData("read delete", false)]
    [InlineData("Read", false), InlineData("admin", false)]
    public async Task A_client_gets_no_scope_but_its_own(string scope, bool allowed)
    {
        var server = WithClient(scopes: ["read", "write", "admin"], supported: ["read", "write", "delete"]);

        var answer = await server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", scope));

        if (allowed)
            Assert.Equal(scope, answer.ShouldBeGranted()["scope"]);
        else
            answer.ShouldBeRefused(400, "invalid_scope", "S17");
    }

    [Theory]
    [InlineData("a  b"), InlineData(" a"), InlineData("a "), InlineData(" "), InlineData("a\"b"), InlineData("a\\b"), InlineData("a\tb")]
    [InlineData("é"), InlineData("a\u007f")]
    public async Task A_scope_follows_its_syntax(string scope) =>
        (await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", scope)))
            .ShouldBeRefused(400, "invalid_scope", "S17");

    [Fact]
    public async Task Without_a_scope_the_answer_has_none() =>
        Assert.Null((await TestServer.Start().PresentAsync(new JwtBuilder())).ShouldBeGranted()["scope"]);

    [Theory]
    [InlineData("api"), InlineData("/api"), InlineData("//api.example.com"), InlineData("https://api.example.com#part")]
    [InlineData("https://api.example.com/a#")]
    public async Task A_resource_is_an_absolute_URI_without_fragment(string resource) =>
        (await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("resource", resource)))
            .ShouldBeRefused(400, "invalid_target", "S17");

    [Fact]
    public async Task Resources_are_the_audience_of_the_token_and_may_be_several()
    {
        (string, string)[] Request() =>
            [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("resource", "https://a.example.com")];

        var one = await TestServer.Start().PostAsync(Request());
        var two = await TestServer.Start().PostAsync([.. Request(), ("resource", "urn:example:b")]);

        Assert.Equal("https://a.example.com", IssuedToken.Claims(one.ShouldBeGranted().AccessToken).GetProperty("aud").GetString());
        Assert.Equal(
            ["https://a.example.com", "urn:example:b"],
            IssuedToken.Claims(two.ShouldBeGranted().AccessToken).GetProperty("aud").EnumerateArray()
                .Select(audience => audience.GetString()));
    }

    [Theory]
    [InlineData(null, "user-1", true), InlineData(null, TestData.ClientId, true), InlineData(null, TestData.OtherClientId, false)]
    [InlineData("user-1", "user-1", true), InlineData("user-1", "user-2", false), InlineData("user-1", TestData.ClientId, false)]
    [InlineData(TestData.OtherClientId, TestData.OtherClientId, true), InlineData("user-1", "User-1", false)]
    public async Task A_client_speaks_for_those_it_may_speak_for(string? allowed, string subject, bool accepted)
    {
        var server = WithClient(subjects: allowed is null ? null : [allowed]);
        server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));

        var answer = await server.PresentAsync(new JwtBuilder().Claim("sub", subject));

        if (accepted)
            Assert.Equal(subject, server.Server.CheckAccessToken($"Bearer {answer.ShouldBeGranted().AccessToken}").Subject);
        else
            answer.ShouldBeRefused(AssertionRole.Grant, "S11");
    }

    [Fact]
    public async Task A_trusted_issuer_speaks_for_those_it_may_speak_for()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(new()
        {
            Issuer = "idp", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), AllowedSubjects = ["user-1"],
        });
        JwtBuilder For(string subject) => new JwtBuilder().Claim("iss", "idp").Claim("sub", subject).SignedBy(TestData.OtherRsaKey);

        (await server.PresentAsync(For("user-1"))).ShouldBeGranted();
        (await server.PresentAsync(For("user-2"))).ShouldBeRefused(AssertionRole.Grant, "S11");
    }

    [Fact]
    public async Task A_grant_that_a_client_signed_serves_no_other_client()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.AClient(TestData.OtherClientId));
        var assertionOfTheOther = new JwtBuilder().Claim("iss", TestData.OtherClientId).Claim("sub", TestData.OtherClientId);

        (await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", assertionOfTheOther.Compact()),
            .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(AssertionRole.Grant, "S10");
        (await server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("client_id", TestData.OtherClientId)))
            .ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Theory]
    [InlineData(TestData.ClientId, true), InlineData("nobody", false), InlineData("Batch-Worker", false)]
    public async Task A_client_id_beside_a_grant_names_a_registered_client(string id, bool accepted)
    {
        var answer = await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("client_id", id));

        if (accepted)
            answer.ShouldBeGranted();
        else
            answer.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task A_client_may_present_the_grant_of_a_trusted_issuer()
    {
        var server = WithClient(scopes: ["read"]);
        server.Server.TrustIssuer(new() { Issuer = "idp", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });
        string Grant() => new JwtBuilder().Claim("iss", "idp").Claim("sub", "user-1").SignedBy(TestData.OtherRsaKey).Compact();

        var answer = await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", Grant()), ("scope", "read"),
            .. TestServer.ClientAssertion()]);

        Assert.Equal(TestData.ClientId, server.Server.CheckAccessToken($"Bearer {answer.ShouldBeGranted().AccessToken}").ClientId);
        (await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", Grant()), ("scope", "write"), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "invalid_scope", "S17");
    }

    private static TestServer WithClient(
        IReadOnlyList<string>? grants = null,
        IReadOnlyList<string>? scopes = null,
        IReadOnlyList<string>? subjects = null,
        IReadOnlyList<string>? supported = null) =>
        TestServer.Start(clock => new() { TimeProvider = clock, SupportedScopes = supported }, new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(),
            AllowedGrantTypes = grants, AllowedScopes = scopes, AllowedSubjects = subjects,
        });
}
