using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The JWT bearer grant: grant types, scopes, resources, subjects and clients (RFC 7523 section 3.1).</summary>
public sealed class JwtBearerGrantTests
{
    [Theory]
    [InlineData("password"), InlineData("Refresh_Token"), InlineData("JWT-BEARER")]
    [InlineData("urn:ietf:params:oauth:grant-type:SAML2-bearer")]
    public async Task An_unknown_grant_type_is_refused(string type) =>
        (await TestServer.Start().PostAsync([("grant_type", type), .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(400, "unsupported_grant_type", "S17");

    [Fact]
    public async Task A_client_can_be_restricted_to_grant_types()
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
    public async Task A_client_gets_only_scopes_that_it_is_allowed_and_the_server_supports(string scope, bool allowed)
    {
        var server = WithClient(scopes: ["read", "write", "admin"], supported: ["read", "write", "delete"]);

        var response = await server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", scope));

        if (allowed)
            Assert.Equal(scope, response.ShouldBeGranted()["scope"]);
        else
            response.ShouldBeRefused(400, "invalid_scope", "S17");
    }

    [Theory]
    [InlineData("a  b"), InlineData(" a"), InlineData("a "), InlineData(" "), InlineData("a\"b"), InlineData("a\\b"), InlineData("a\tb")]
    [InlineData("é"), InlineData("a\u007f")]
    public async Task A_scope_with_invalid_syntax_is_refused(string scope) =>
        (await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("scope", scope)))
            .ShouldBeRefused(400, "invalid_scope", "S17");

    [Fact]
    public async Task A_request_without_a_scope_gets_a_response_without_a_scope() =>
        Assert.Null((await TestServer.Start().PresentAsync(new JwtBuilder())).ShouldBeGranted()["scope"]);

    [Theory]
    [InlineData("api"), InlineData("/api"), InlineData("//api.example.com"), InlineData("https://api.example.com#part")]
    [InlineData("https://api.example.com/a#")]
    public async Task A_resource_that_is_not_an_absolute_URI_without_fragment_is_refused(string resource) =>
        (await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("resource", resource)))
            .ShouldBeRefused(400, "invalid_target", "S17");

    [Fact]
    public async Task One_or_more_requested_resources_become_the_audience_of_the_token()
    {
        (string, string)[] CreateForm() =>
            [("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("resource", "https://a.example.com")];

        var one = await TestServer.Start().PostAsync(CreateForm());
        var two = await TestServer.Start().PostAsync([.. CreateForm(), ("resource", "urn:example:b")]);

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
    public async Task A_client_gets_tokens_only_for_its_allowed_subjects(string? allowed, string subject, bool accepted)
    {
        var server = WithClient(subjects: allowed is null ? null : [allowed]);
        server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));

        var response = await server.PresentAsync(new JwtBuilder().WithClaim("sub", subject));

        if (accepted)
            Assert.Equal(subject, server.Server.CheckAccessToken($"Bearer {response.ShouldBeGranted().AccessToken}").Subject);
        else
            response.ShouldBeRefused(AssertionRole.Grant, "S11");
    }

    [Fact]
    public async Task A_trusted_issuer_can_be_restricted_to_subjects()
    {
        var server = TestServer.Start();
        server.Server.TrustIssuer(new()
        {
            Issuer = "idp", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), AllowedSubjects = ["user-1"],
        });
        JwtBuilder CreateAssertion(string subject) => new JwtBuilder().WithClaim("iss", "idp").WithClaim("sub", subject).SignedBy(TestData.OtherRsaKey);

        (await server.PresentAsync(CreateAssertion("user-1"))).ShouldBeGranted();
        (await server.PresentAsync(CreateAssertion("user-2"))).ShouldBeRefused(AssertionRole.Grant, "S11");
    }

    [Fact]
    public async Task A_grant_that_one_client_signed_is_refused_from_another_client()
    {
        var server = TestServer.Start();
        server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));
        var assertionOfOtherClient = new JwtBuilder().WithClaim("iss", TestData.OtherClientId).WithClaim("sub", TestData.OtherClientId);

        (await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", assertionOfOtherClient.Compact()),
            .. TestServer.ClientAssertion()]))
            .ShouldBeRefused(AssertionRole.Grant, "S10");
        (await server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("client_id", TestData.OtherClientId)))
            .ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Theory]
    [InlineData(TestData.ClientId, true), InlineData("unknown", false), InlineData("Batch-Worker", false)]
    public async Task A_grant_with_the_client_id_of_an_unknown_client_is_refused(string id, bool accepted)
    {
        var response = await TestServer.Start().PostAsync(("grant_type", TestData.JwtBearer), ("assertion", new JwtBuilder().Compact()), ("client_id", id));

        if (accepted)
            response.ShouldBeGranted();
        else
            response.ShouldBeRefused(401, "invalid_client", "S10");
    }

    [Fact]
    public async Task A_client_can_present_a_grant_of_a_trusted_issuer()
    {
        var server = WithClient(scopes: ["read"]);
        server.Server.TrustIssuer(new() { Issuer = "idp", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });
        string CreateAssertion() => new JwtBuilder().WithClaim("iss", "idp").WithClaim("sub", "user-1").SignedBy(TestData.OtherRsaKey).Compact();

        var response = await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", CreateAssertion()), ("scope", "read"),
            .. TestServer.ClientAssertion()]);

        Assert.Equal(TestData.ClientId, server.Server.CheckAccessToken($"Bearer {response.ShouldBeGranted().AccessToken}").ClientId);
        (await server.PostAsync([("grant_type", TestData.JwtBearer), ("assertion", CreateAssertion()), ("scope", "write"), .. TestServer.ClientAssertion()]))
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
