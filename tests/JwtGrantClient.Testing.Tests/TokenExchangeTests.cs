using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>A client exchanges a subject token, with or without an actor token, for another token (RFC 8693).</summary>
public sealed class TokenExchangeTests
{
    private const string Types = "urn:ietf:params:oauth:token-type:", Idp = "https://idp.example.com";

    private static readonly Dictionary<string, (string Rule, Action<JwtBuilder> Change)> InvalidJwts = new()
    {
        ["another issuer"] = ("S10", jwt => jwt.WithClaim("iss", "https://other.example.com")),
        ["the client itself as issuer"] = ("S10", jwt => jwt.WithClaim("iss", TestData.ClientId)),
        ["another key"] = ("S08", jwt => jwt.SignedBy(TestData.RsaKey)),
        ["no signature"] = ("S06", jwt => jwt.WithHeader("alg", "none").SignedWith(_ => [])),
        ["no sub"] = ("S11", jwt => jwt.Without("sub")),
        ["a subject that the issuer is not allowed"] = ("S11", jwt => jwt.WithClaim("sub", "user-2")),
        ["another audience"] = ("S12", jwt => jwt.WithClaim("aud", "https://other.example.com")),
        ["no exp"] = ("S13", jwt => jwt.Without("exp")),
        ["an exp in the past"] = ("S13", jwt => jwt.WithClaim("exp", TestData.Now)),
        ["a typ for another purpose"] = ("S09", jwt => jwt.WithHeader("typ", "dpop+jwt")),
    };

    private readonly TestServer _server = TestServer.Start();

    public TokenExchangeTests() => _server.Server.TrustIssuer(new()
    {
        Issuer = Idp, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem(), AllowedSubjects = ["user-1", "actor-1"],
    });

    public static TheoryData<string> InvalidJwtCases => TestRows.From(InvalidJwts.Keys);

    [Fact]
    public async Task An_access_token_of_this_server_can_be_exchanged_for_one_with_a_narrower_scope()
    {
        var response = await ExchangeAsync(("subject_token", await AccessTokenAsync()), ("subject_token_type", Types + "access_token"), ("scope", "read"));

        Assert.Equal((Types + "access_token", "read", null),
            (response.ShouldBeGranted()["issued_token_type"], response["scope"], response["refresh_token"]));
        var check = _server.Server.CheckAccessToken($"Bearer {response.AccessToken}");
        Assert.Equal((TestData.ClientId, "user-1", "read"), (check.ClientId, check.Subject, check.Scope));
    }

    [Fact]
    public async Task A_scope_that_the_subject_token_does_not_have_is_refused()
    {
        var token = await AccessTokenAsync();

        Assert.Equal("read write", (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + "access_token")))
            .ShouldBeGranted()["scope"]);
        (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + "access_token"), ("scope", "read delete")))
            .ShouldBeRefused(400, "invalid_scope", "S18");
    }

    [Theory]
    [InlineData("unknown"), InlineData("revoked"), InlineData("expired")]
    public async Task An_invalid_access_token_as_subject_token_is_an_invalid_request(string fault)
    {
        var token = await AccessTokenAsync();
        if (fault == "revoked")
            _server.Server.Revoke(token);
        else if (fault == "expired")
            _server.Clock.Advance(TimeSpan.FromMinutes(5));

        (await ExchangeAsync(("subject_token", fault == "unknown" ? "x" : token), ("subject_token_type", Types + "access_token")))
            .ShouldBeRefused(400, "invalid_request", "S17").WithExplanation("subject token");
    }

    [Theory]
    [InlineData("jwt", TestData.Issuer), InlineData("jwt", TestData.TokenEndpoint), InlineData("id_token", TestData.Issuer)]
    [InlineData("id_token", TestData.ClientId)]
    public async Task A_JWT_of_a_trusted_issuer_can_be_exchanged_more_than_once(string type, string audience)
    {
        var token = CreateIdpJwt().WithClaim("aud", audience).Compact();

        var response = (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + type), ("scope", "read"))).ShouldBeGranted();

        Assert.Equal("user-1", _server.Server.CheckAccessToken($"Bearer {response.AccessToken}", "read").Subject);
        (await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + type))).ShouldBeGranted();
    }

    [Fact]
    public async Task A_JWT_with_the_client_as_audience_is_refused_unless_it_is_an_ID_token() =>
        (await ExchangeAsync(("subject_token", CreateIdpJwt().WithClaim("aud", TestData.ClientId).Compact()), ("subject_token_type", Types + "jwt")))
            .ShouldBeRefused(400, "invalid_request", "S12");

    [Theory, MemberData(nameof(InvalidJwtCases))]
    public async Task An_invalid_JWT_as_subject_token_is_an_invalid_request(string testCase)
    {
        var jwt = CreateIdpJwt();
        InvalidJwts[testCase].Change(jwt);

        (await ExchangeAsync(("subject_token", jwt.Compact()), ("subject_token_type", Types + "jwt")))
            .ShouldBeRefused(400, "invalid_request", InvalidJwts[testCase].Rule);
    }

    [Fact]
    public async Task The_issued_token_contains_the_actor()
    {
        var response = await ExchangeAsync(
            [.. SubjectFields(), ("actor_token", CreateIdpJwt().WithClaim("sub", "actor-1").Compact()), ("actor_token_type", Types + "jwt")]);

        var claims = IssuedToken.Claims(response.ShouldBeGranted().AccessToken);
        Assert.Equal(("user-1", "actor-1"), (claims.GetProperty("sub").GetString(), claims.GetProperty("act").GetProperty("sub").GetString()));
    }

    [Fact]
    public async Task An_invalid_actor_token_is_an_invalid_request() =>
        (await ExchangeAsync([.. SubjectFields(), ("actor_token", "x"), ("actor_token_type", Types + "access_token")]))
            .ShouldBeRefused(400, "invalid_request", "S17").WithExplanation("actor token");

    [Theory]
    [InlineData("subject_token", "S01"), InlineData("subject_token_type", "S01"), InlineData("actor_token", "S17")]
    [InlineData("actor_token_type", "S17")]
    public async Task A_token_without_its_type_or_a_type_without_its_token_is_an_invalid_request(string missing, string rule)
    {
        (string Name, string Value)[] fields =
            [.. SubjectFields(), ("actor_token", CreateIdpJwt().Compact()), ("actor_token_type", Types + "jwt")];

        (await ExchangeAsync([.. fields.Where(field => field.Name != missing)])).ShouldBeRefused(400, "invalid_request", rule);
    }

    [Theory]
    [InlineData("subject_token_type", "saml2"), InlineData("subject_token_type", "refresh_token")]
    [InlineData("requested_token_type", "saml2")]
    public async Task An_unknown_token_type_is_an_invalid_request(string field, string type) =>
        (await ExchangeAsync([.. SubjectFields().Where(other => other.Name != field), (field, Types + type)]))
            .ShouldBeRefused(400, "invalid_request", "S17").WithExplanation(type);

    [Theory]
    [InlineData("jwt"), InlineData("id_token")]
    public async Task An_issued_JWT_that_is_not_an_access_token_has_type_N_A_and_is_refused_as_a_bearer_token(string type)
    {
        var response = await ExchangeAsync([.. SubjectFields(), ("requested_token_type", Types + type)]);

        Assert.Equal(("N_A", Types + type), (response["token_type"], response["issued_token_type"]));
        Assert.Equal("JWT", IssuedToken.Header(response.AccessToken).GetProperty("typ").GetString());
        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {response.AccessToken}").Status);
    }

    [Fact]
    public async Task A_refresh_token_can_be_requested_and_used()
    {
        var response = await ExchangeAsync([.. SubjectFields(), ("requested_token_type", Types + "refresh_token"), ("scope", "read")]);

        Assert.Equal(("N_A", Types + "refresh_token"), (response["token_type"], response["issued_token_type"]));
        var refreshed = await _server.PostAsync(
            [("grant_type", "refresh_token"), ("refresh_token", response.AccessToken), .. TestServer.ClientAssertion()]);
        Assert.Equal("read", refreshed.ShouldBeGranted()["scope"]);
    }

    [Fact]
    public async Task All_requested_audiences_and_resources_become_the_audience_of_the_token()
    {
        var response = await ExchangeAsync([.. SubjectFields(), ("audience", "a"), ("resource", "https://b.example.com"), ("audience", "c"),
            ("resource", "urn:example:d")]);

        Assert.Equal(["https://b.example.com", "urn:example:d", "a", "c"],
            IssuedToken.Claims(response.ShouldBeGranted().AccessToken).GetProperty("aud").EnumerateArray().Select(audience => audience.GetString()));
    }

    [Theory]
    [InlineData("resource", "b"), InlineData("audience", "a\u0007"), InlineData("audience", "unknown")]
    [InlineData("resource", "urn:example:unknown")]
    public async Task An_invalid_or_unsupported_target_is_refused(string field, string target)
    {
        var server = TestServer.Start(clock => new() { TimeProvider = clock, SupportedTargets = ["a", "urn:example:b"] });
        var token = (await server.PresentAsync(new JwtBuilder(), AssertionRole.Grant)).ShouldBeGranted().AccessToken;
        (string, string)[] CreateForm(string audience, string resource) =>
        [
            ("grant_type", TestData.TokenExchange), ("subject_token", token), ("subject_token_type", Types + "access_token"),
            ("audience", audience), ("audience", "a"), ("resource", resource), .. TestServer.ClientAssertion(),
        ];

        (await server.PostAsync(CreateForm(field == "audience" ? target : "a", field == "resource" ? target : "urn:example:b")))
            .ShouldBeRefused(400, "invalid_target", "S17");
        (await server.PostAsync(CreateForm("a", "urn:example:b"))).ShouldBeGranted();
    }

    [Fact]
    public async Task The_access_token_of_a_user_becomes_one_for_the_client_that_exchanges_it()
    {
        var token = _server.Server.IssueAccessToken("app", "read write", "user-1");

        var response = await ExchangeAsync(("subject_token", token), ("subject_token_type", Types + "access_token"), ("scope", "read"));

        var check = _server.Server.CheckAccessToken($"Bearer {response.ShouldBeGranted().AccessToken}");
        Assert.Equal((TestData.ClientId, "user-1", "read"), (check.ClientId, check.Subject, check.Scope));
    }

    [Fact]
    public async Task An_ID_token_of_this_server_can_be_exchanged_by_its_client()
    {
        (await ExchangeAsync(("subject_token", _server.Server.IssueIdToken(TestData.ClientId, "user-1")), ("subject_token_type", Types + "id_token"))).ShouldBeGranted();
        (await ExchangeAsync(("subject_token", _server.Server.IssueIdToken("app", "user-1")), ("subject_token_type", Types + "id_token")))
            .ShouldBeRefused(400, "invalid_request", "S12");
    }

    [Fact]
    public async Task A_transaction_token_needs_a_scope()
    {
        (string, string)[] fields = [.. SubjectFields(), ("requested_token_type", Types + "txn_token"), ("audience", "shop.example")];

        var response = (await ExchangeAsync([.. fields, ("scope", "order")])).ShouldBeGranted("N_A");

        Assert.Equal((Types + "txn_token", "txntoken+jwt"),
            (response["issued_token_type"], IssuedToken.Header(response.AccessToken).GetProperty("typ").GetString()));
        (await ExchangeAsync(fields)).ShouldBeRefused(400, "invalid_request", "S17").WithExplanation("no scope");
    }

    [Fact]
    public async Task A_token_exchange_without_client_authentication_is_refused()
    {
        _server.Server.RegisterClient(new() { Id = "public", AllowedAuthenticationMethods = ["none"] });

        (await _server.PostAsync([("grant_type", TestData.TokenExchange), .. SubjectFields(), ("client_id", "public")]))
            .ShouldBeRefused(401, "invalid_client", "S17");
    }

    private static JwtBuilder CreateIdpJwt() => new JwtBuilder().WithClaim("iss", Idp).WithClaim("sub", "user-1").Without("jti").SignedBy(TestData.OtherRsaKey);

    private static (string Name, string Value)[] SubjectFields() =>
        [("subject_token", CreateIdpJwt().Compact()), ("subject_token_type", Types + "jwt")];

    private async Task<string> AccessTokenAsync() => (await _server.PostAsync(("grant_type", TestData.JwtBearer),
        ("assertion", new JwtBuilder().WithClaim("sub", "user-1").Compact()), ("scope", "read write"))).ShouldBeGranted().AccessToken;

    private Task<TestResponse> ExchangeAsync(params (string Name, string Value)[] fields) => _server.PostAsync(
        [("grant_type", TestData.TokenExchange), .. fields, .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Compact())]);
}
