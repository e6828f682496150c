using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.IdentityAssertions;

/// <summary>A client presents an ID-JAG as the grant (draft-ietf-oauth-identity-assertion-authz-grant section 4.4).</summary>
public sealed class IdJagGrantTests
{
    private const string Idp = "https://idp.example.com", Files = "https://files.example.com", Mail = "https://mail.example.com";

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> InvalidAssertions = new()
    {
        ["another issuer"] = ("S10", jwt => jwt.WithClaim("iss", "https://other.example.com")),
        ["no issuer"] = ("S10", jwt => jwt.Without("iss")),
        ["the client itself as issuer"] = ("S10", jwt => jwt.WithClaim("iss", TestData.ClientId).SignedBy(TestData.RsaKey)),
        ["this server as issuer"] = ("S10", jwt => jwt.WithClaim("iss", TestData.Issuer)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey)),
        ["no sub"] = ("S11", jwt => jwt.Without("sub")),
        ["no aud"] = ("S12", jwt => jwt.Without("aud")),
        ["another audience"] = ("S12", jwt => jwt.WithClaim("aud", "https://other.example.com")),
        ["the token endpoint as audience"] = ("S12", jwt => jwt.WithClaim("aud", TestData.TokenEndpoint)),
        ["two audiences"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer, "https://other.example.com"))),
        ["the same audience twice"] = ("S12", jwt => jwt.WithClaim("aud", new JsonArray(TestData.Issuer, TestData.Issuer))),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp in the past"] = ("S13", jwt => jwt.WithClaim("exp", TestData.Now)),
        ["no iat"] = ("S14", jwt => jwt.Without("iat")),
        ["no jti"] = ("S16", jwt => jwt.Without("jti")),
        ["a jti that is a number"] = ("S16", jwt => jwt.WithClaim("jti", 1)),
        ["no client_id"] = ("S24", jwt => jwt.Without("client_id")),
        ["a client_id that is a number"] = ("S24", jwt => jwt.WithClaim("client_id", 1)),
        ["another client_id"] = ("S24", jwt => jwt.WithClaim("client_id", TestData.OtherClientId)),
        ["a scope that is an array"] = ("S24", jwt => jwt.WithClaim("scope", new JsonArray("read"))),
        ["a resource that is a number"] = ("S24", jwt => jwt.WithClaim("resource", 1)),
        ["a resource array with a number"] = ("S24", jwt => jwt.WithClaim("resource", new JsonArray(Files, 1))),
        ["a cnf that is a string"] = ("S24", jwt => jwt.WithClaim("cnf", "x")),
        ["a cnf without jkt"] = ("S24", jwt => jwt.WithClaim("cnf", new JsonObject { ["x5t#S256"] = "x" })),
    };

    private readonly TestServer _server = TestServer.Start();

    public IdJagGrantTests()
    {
        _server.Server.TrustIssuer(CreateIssuer(requireIdJag: true));
        _server.Server.RegisterClient(TestServer.CreateClient(TestData.OtherClientId));
    }

    public static TheoryData<string> InvalidAssertionCases => TestRows.From(InvalidAssertions.Keys);

    [Fact]
    public async Task An_ID_JAG_becomes_an_access_token_of_the_user_without_a_refresh_token()
    {
        var response = (await PresentAsync(CreateIdJag().WithClaim("scope", "read write").WithClaim("resource", Files))).ShouldBeGranted();

        Assert.Equal(("read write", null), (response["scope"], response["refresh_token"]));
        var check = _server.Server.CheckAccessToken($"Bearer {response.AccessToken}", "read");
        Assert.Equal((TestData.ClientId, "user-1", "read write"), (check.ClientId, check.Subject, check.Scope));
        Assert.Equal(Files, IssuedToken.Claims(response.AccessToken).GetProperty("aud").GetString());
    }

    [Fact]
    public async Task An_ID_JAG_may_be_presented_again_until_it_expires()
    {
        var assertion = CreateIdJag();

        (await PresentAsync(assertion)).ShouldBeGranted();
        _server.Clock.Advance(TimeSpan.FromSeconds(119));
        (await PresentAsync(assertion)).ShouldBeGranted();
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        (await PresentAsync(assertion)).ShouldBeRefused(AssertionRole.Grant, "S13");
    }

    [Theory, MemberData(nameof(InvalidAssertionCases))]
    public async Task An_ID_JAG_that_breaks_a_rule_is_an_invalid_grant(string testCase)
    {
        var assertion = CreateIdJag();
        InvalidAssertions[testCase].Change(assertion);

        (await PresentAsync(assertion)).ShouldBeRefused(AssertionRole.Grant, InvalidAssertions[testCase].Rule);
        Assert.Equal(0, _server.Server.TokensIssued);
    }

    [Theory]
    [InlineData("JWT", "S09"), InlineData(null, "S09"), InlineData("at+jwt", "S09"), InlineData("client-authentication+jwt", "S09a")]
    public async Task An_issuer_with_RequireIdJag_cannot_sign_another_type_of_grant(string? type, string rule) =>
        (await PresentAsync(type is null ? CreateIdJag().Without("typ") : CreateIdJag().WithHeader("typ", type))).ShouldBeRefused(AssertionRole.Grant, rule);

    [Theory]
    [InlineData("OAUTH-ID-JAG+JWT"), InlineData("application/oauth-id-jag+jwt")]
    public async Task The_typ_is_a_media_type(string type) => (await PresentAsync(CreateIdJag().WithHeader("typ", type))).ShouldBeGranted();

    [Fact]
    public async Task The_rules_of_ID_JAGs_apply_to_their_typ_also_without_RequireIdJag()
    {
        _server.Server.TrustIssuer(CreateIssuer(requireIdJag: false));

        (await PresentAsync(CreateIdJag().WithClaim("client_id", TestData.OtherClientId))).ShouldBeRefused(AssertionRole.Grant, "S24");
        (await PresentAsync(CreateIdJag().WithHeader("typ", "JWT"))).ShouldBeGranted();
    }

    [Fact]
    public async Task The_audience_may_be_an_array_with_this_server() =>
        (await PresentAsync(CreateIdJag().WithClaim("aud", new JsonArray(TestData.Issuer)))).ShouldBeGranted();

    [Fact]
    public async Task An_ID_JAG_without_client_authentication_is_refused()
    {
        _server.Server.RegisterClient(new() { Id = "public", AllowedAuthenticationMethods = ["none"] });

        (await _server.PresentAsync(CreateIdJag())).ShouldBeRefused(401, "invalid_client", "S24");
        (await _server.PostAsync(("grant_type", TestData.JwtBearer), ("assertion", CreateIdJag().WithClaim("client_id", "public").Compact()), ("client_id", "public")))
            .ShouldBeRefused(401, "invalid_client", "S24");
    }

    [Theory]
    [InlineData("read", true), InlineData("write", false), InlineData("read write", false)]
    public async Task The_scope_of_the_ID_JAG_cannot_be_widened(string scope, bool isGranted)
    {
        var response = await PresentAsync(CreateIdJag().WithClaim("scope", "read delete"), ("scope", scope));

        if (isGranted)
            Assert.Equal(scope, response.ShouldBeGranted()["scope"]);
        else
            response.ShouldBeRefused(400, "invalid_scope", "S18");
    }

    [Fact]
    public async Task A_scope_that_is_requested_for_an_ID_JAG_without_scope_is_refused() =>
        (await PresentAsync(CreateIdJag(), ("scope", "read"))).ShouldBeRefused(400, "invalid_scope", "S18");

    [Fact]
    public async Task A_request_selects_resources_of_the_ID_JAG()
    {
        JwtBuilder CreateWithResources() => CreateIdJag().WithClaim("resource", new JsonArray(Files, Mail));

        Assert.Equal(Mail, IssuedToken.Claims((await PresentAsync(CreateWithResources(), ("resource", Mail))).ShouldBeGranted().AccessToken).GetProperty("aud").GetString());
        (await PresentAsync(CreateWithResources(), ("resource", "https://other.example.com"))).ShouldBeRefused(400, "invalid_target", "S24");
        (await PresentAsync(CreateIdJag(), ("resource", Files))).ShouldBeRefused(400, "invalid_target", "S24");
    }

    [Theory]
    [InlineData(true, true), InlineData(false, false), InlineData(null, false)]
    public async Task A_bound_ID_JAG_needs_a_DPoP_proof_by_its_key(bool? sameKey, bool isGranted)
    {
        var proof = DPoPProofBuilder.CreateForTokenEndpoint();
        if (sameKey == false)
            proof.WithKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var assertion = CreateIdJag().WithClaim("cnf", new JsonObject { ["jkt"] = DPoPProofBuilder.Thumbprint(TestData.P256Key) });

        var response = await _server.PostWithAsync(sameKey is null ? [] : [("DPoP", proof.Compact())], CreateForm(assertion));

        if (isGranted)
            response.ShouldBeGranted("DPoP");
        else
            response.ShouldBeRefused(AssertionRole.Grant, "S24");
    }

    [Fact]
    public async Task An_ID_JAG_that_is_not_bound_can_be_presented_with_a_DPoP_proof() =>
        (await _server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())], CreateForm(CreateIdJag()))).ShouldBeGranted("DPoP");

    [Fact]
    public async Task The_ID_JAG_of_one_server_is_the_grant_at_another()
    {
        const string Partner = "https://partner.example.com";
        _server.Server.RegisterClient(new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(),
            IdJagAudiences = new Dictionary<string, string> { [Partner] = "worker-at-partner" },
        });
        var partner = TestServer.Start(
            clock => new() { TimeProvider = clock, Issuer = Partner }, new() { Id = "worker-at-partner", PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });
        partner.Server.TrustIssuer(new() { Issuer = TestData.Issuer, Jwks = _server.Server.Jwks, RequireIdJag = true });
        var issued = await _server.PostAsync(
        [
            ("grant_type", TestData.TokenExchange), ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"), ("audience", Partner), ("scope", "read"),
            ("subject_token", _server.Server.IssueIdToken(TestData.ClientId, "user-1")), ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            .. TestServer.ClientAssertion(),
        ]);
        var client = new JwtBuilder().WithClaim("iss", "worker-at-partner").WithClaim("sub", "worker-at-partner").WithClaim("aud", Partner).SignedBy(TestData.OtherRsaKey);

        var response = await partner.PostAsync(
            [("grant_type", TestData.JwtBearer), ("assertion", issued.ShouldBeGranted("N_A").AccessToken), .. TestServer.ClientAssertion(client.Compact())]);

        var check = partner.Server.CheckAccessToken($"Bearer {response.ShouldBeGranted().AccessToken}", "read");
        Assert.Equal((true, "worker-at-partner", "user-1"), (check.IsValid, check.ClientId, check.Subject));
    }

    [Fact]
    public async Task The_metadata_list_the_profile_of_the_grant()
    {
        var metadata = (await _server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server")).Json;

        Assert.Equal(["urn:ietf:params:oauth:grant-profile:id-jag"],
            metadata.GetProperty("authorization_grant_profiles_supported").EnumerateArray().Select(value => value.GetString()));
    }

    private static TrustedIssuer CreateIssuer(bool requireIdJag) =>
        new() { Issuer = Idp, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), RequireIdJag = requireIdJag };

    private static JwtBuilder CreateIdJag() => new JwtBuilder().WithHeader("typ", "oauth-id-jag+jwt").WithClaim("iss", Idp).WithClaim("sub", "user-1")
        .WithClaim("client_id", TestData.ClientId).SignedBy(TestData.OtherRsaKey);

    private (string, string)[] CreateForm(JwtBuilder assertion) =>
    [
        ("grant_type", TestData.JwtBearer), ("assertion", assertion.Compact()), .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Compact()),
    ];

    private Task<TestResponse> PresentAsync(JwtBuilder assertion, params (string, string)[] fields) => _server.PostAsync([.. CreateForm(assertion), .. fields]);
}
