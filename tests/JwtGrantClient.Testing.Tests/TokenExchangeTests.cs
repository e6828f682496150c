using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>RFC 8693: a client gives the token of a subject, perhaps with that of an actor, and gets one for elsewhere.</summary>
public sealed class TokenExchangeTests
{
    private const string Types = "urn:ietf:params:oauth:token-type:", Idp = "https://idp.example.com";

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Bend)> BadJwts = new()
    {
        ["another issuer"] = ("S10", jwt => jwt.Claim("iss", "https://other.example.com")),
        ["the client itself as issuer"] = ("S10", jwt => jwt.Claim("iss", TestData.ClientId)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey)),
        ["no signature"] = ("S06", jwt => jwt.Head("alg", "none").Signed(_ => [])),
        ["no sub"] = ("S11", jwt => jwt.Without("sub")),
        ["a subject that it may not speak for"] = ("S11", jwt => jwt.Claim("sub", "user-2")),
        ["another audience"] = ("S12", jwt => jwt.Claim("aud", "https://other.example.com")),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp that is over"] = ("S13", jwt => jwt.Claim("exp", TestData.Now)),
        ["a type for something else"] = ("S09", jwt => jwt.Head("typ", "dpop+jwt")),
    };

    private readonly TestServer _server = TestServer.Start();

    public TokenExchangeTests() => _server.Server.TrustIssuer(new()
    {
        Issuer = Idp, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), AllowedSubjects = ["user-1", "actor-1"],
    });

    public static TheoryData<string> BadJwtNames => TestRows.Of(BadJwts.Keys);

    [Fact]
    public async Task An_access_token_of_this_server_is_exchanged_within_its_scope()
    {
        var answer = await ExchangeAsync(("subject_token", await AccessTokenAsync()), ("subject_token_type", Types + "access_token"), ("scope", "read"));

        Assert.Equal((Types + "access_token", "read", null),
            (answer.ShouldBeGranted()["issued_token_type"], answer["scope"], answer["refresh_token"]));
        var check = _server.Server.CheckAccessToken($"Bearer {answer.AccessToken}");
        Assert.Equal((TestData.ClientId, "user-1", "read"), (check.ClientId, check.Subject, check.Scope));
    }

    [Fact]
    public async Task The_scope_is_that_of_the_access_token_or_narrower()
    {
        var token = await AccessTokenAsync();

        Assert.Equal("read write", (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + "access_token")))
            .ShouldBeGranted()["scope"]);
        (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + "access_token"), ("scope", "read delete")))
            .ShouldBeRefused(400, "invalid_scope", "S18");
    }

    [Theory]
    [InlineData("unknown"), InlineData("revoked"), InlineData("expired")]
    public async Task An_access_token_that_is_not_good_is_an_invalid_request(string fault)
    {
        var token = await AccessTokenAsync();
        if (fault == "revoked")
            _server.Server.Revoke(token);
        else if (fault == "expired")
            _server.Clock.Advance(TimeSpan.FromMinutes(5));

        (await ExchangeAsync(("subject_token", fault == "unknown" ? "x" : token), ("subject_token_type", Types + "access_token")))
            .ShouldBeRefused(400, "invalid_request", "S17").Saying("subject token");
    }

    [Theory]
    [InlineData("jwt", TestData.Issuer), InlineData("jwt", TestData.TokenEndpoint), InlineData("id_token", TestData.Issuer)]
    [InlineData("id_token", TestData.ClientId)]
    public async Task A_JWT_of_a_trusted_issuer_is_exchanged_and_may_come_again(string type, string audience)
    {
        var token = AJwtOfTheIdp().Claim("aud", audience).Compact();

        var answer = (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + type), ("scope", "read"))).ShouldBeGranted();

        Assert.Equal("user-1", _server.Server.CheckAccessToken($"Bearer {answer.AccessToken}", "read").Subject);
        (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + type))).ShouldBeGranted();
    }

    [Fact]
    public async Task Only_an_ID_token_is_for_the_client() =>
        (await ExchangeAsync(("subject_token", AJwtOfTheIdp().Claim("aud", TestData.ClientId).Compact()), ("subject_token_type", Types + "jwt")))
            .ShouldBeRefused(400, "invalid_request", "S12");

    [Theory, MemberData(nameof(BadJwtNames))]
    public async Task A_JWT_that_is_not_good_is_an_invalid_request(string row)
    {
        var jwt = AJwtOfTheIdp();
        BadJwts[row].Bend(jwt);

        (await ExchangeAsync(("subject_token", jwt.Compact()), ("subject_token_type", Types + "jwt")))
            .ShouldBeRefused(400, "invalid_request", BadJwts[row].Rule);
    }

    [Fact]
    public async Task The_actor_stands_in_the_token()
    {
        var answer = await ExchangeAsync(
            [.. Subject(), ("actor_token", AJwtOfTheIdp().Claim("sub", "actor-1").Compact()), ("actor_token_type", Types + "jwt")]);

        var claims = IssuedToken.Claims(answer.ShouldBeGranted().AccessToken);
        Assert.Equal(("user-1", "actor-1"), (claims.GetProperty("sub").GetString(), claims.GetProperty("act").GetProperty("sub").GetString()));
    }

    [Fact]
    public async Task An_actor_that_is_not_good_is_an_invalid_request() =>
        (await ExchangeAsync([.. Subject(), ("actor_token", "x"), ("actor_token_type", Types + "access_token")]))
            .ShouldBeRefused(400, "invalid_request", "S17").Saying("actor token");

    [Theory]
    [InlineData("subject_token", "S01"), InlineData("subject_token_type", "S01"), InlineData("actor_token", "S17")]
    [InlineData("actor_token_type", "S17")]
    public async Task A_token_and_its_type_go_together(string missing, string rule)
    {
        (string Name, string Value)[] fields =
            [.. Subject(), ("actor_token", AJwtOfTheIdp().Compact()), ("actor_token_type", Types + "jwt")];

        (await ExchangeAsync([.. fields.Where(field => field.Name != missing)])).ShouldBeRefused(400, "invalid_request", rule);
    }

    [Theory]
    [InlineData("subject_token_type", "saml2"), InlineData("subject_token_type", "refresh_token")]
    [InlineData("requested_token_type", "saml2")]
    public async Task A_type_that_the_server_does_not_know_is_an_invalid_request(string field, string type) =>
        (await ExchangeAsync([.. Subject().Where(one => one.Name != field), (field, Types + type)]))
            .ShouldBeRefused(400, "invalid_request", "S17").Saying(type);

    [Theory]
    [InlineData("jwt"), InlineData("id_token")]
    public async Task What_is_no_access_token_has_no_scheme_and_opens_nothing(string type)
    {
        var answer = await ExchangeAsync([.. Subject(), ("requested_token_type", Types + type)]);

        Assert.Equal(("N_A", Types + type), (answer["token_type"], answer["issued_token_type"]));
        Assert.Equal("JWT", IssuedToken.Header(answer.AccessToken).GetProperty("typ").GetString());
        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {answer.AccessToken}").Status);
    }

    [Fact]
    public async Task A_refresh_token_can_be_asked_for_and_then_used()
    {
        var answer = await ExchangeAsync([.. Subject(), ("requested_token_type", Types + "refresh_token"), ("scope", "read")]);

        Assert.Equal(("N_A", Types + "refresh_token"), (answer["token_type"], answer["issued_token_type"]));
        var refreshed = await _server.PostAsync(
            [("grant_type", "refresh_token"), ("refresh_token", answer.AccessToken), .. TestServer.ClientAssertion()]);
        Assert.Equal("read", refreshed.ShouldBeGranted()["scope"]);
    }

    [Fact]
    public async Task Audiences_and_resources_may_be_several_and_are_the_audience_of_the_token()
    {
        var answer = await ExchangeAsync([.. Subject(), ("audience", "a"), ("resource", "https://b.example.com"), ("audience", "c"),
            ("resource", "urn:example:d")]);

        Assert.Equal(["https://b.example.com", "urn:example:d", "a", "c"],
            IssuedToken.Claims(answer.ShouldBeGranted().AccessToken).GetProperty("aud").EnumerateArray().Select(one => one.GetString()));
    }

    [Theory]
    [InlineData("resource", "b"), InlineData("audience", "a\u0007"), InlineData("audience", "unknown")]
    [InlineData("resource", "urn:example:unknown")]
    public async Task A_bad_target_is_told(string field, string target)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, SupportedTargets = ["a", "urn:example:b"] });
        var token = (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted().AccessToken;
        (string, string)[] Form(string audience, string resource) =>
        [
            ("grant_type", TestData.TokenExchange), ("subject_token", token), ("subject_token_type", Types + "access_token"),
            ("audience", audience), ("audience", "a"), ("resource", resource), .. TestServer.ClientAssertion(),
        ];

        (await server.PostAsync(Form(field == "audience" ? target : "a", field == "resource" ? target : "urn:example:b")))
            .ShouldBeRefused(400, "invalid_target", "S17");
        (await server.PostAsync(Form("a", "urn:example:b"))).ShouldBeGranted();
    }

    [Fact]
    public async Task Without_client_authentication_nothing_is_exchanged()
    {
        _server.Server.RegisterClient(new() { Id = "public", AllowedAuthenticationMethods = ["none"] });

        (await _server.PostAsync([("grant_type", TestData.TokenExchange), .. Subject(), ("client_id", "public")]))
            .ShouldBeRefused(401, "invalid_client", "S17");
    }

    private static JwtBuilder AJwtOfTheIdp() => new JwtBuilder().Claim("iss", Idp).Claim("sub", "user-1").Without("jti").SignedBy(TestData.OtherRsaKey);

    private static (string Name, string Value)[] Subject() =>
        [("subject_token", AJwtOfTheIdp().Compact()), ("subject_token_type", Types + "jwt")];

    private async Task<string> AccessTokenAsync() => (await _server.PostAsync(("grant_type", TestData.JwtBearer),
        ("assertion", new JwtBuilder().Claim("sub", "user-1").Compact()), ("scope", "read write"))).ShouldBeGranted().AccessToken;

    private Task<TestResponse> ExchangeAsync(params (string Name, string Value)[] fields) => _server.PostAsync(
        [("grant_type", TestData.TokenExchange), .. fields, .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Compact())]);
}
