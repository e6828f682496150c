using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.IdentityAssertions;

/// <summary>A client exchanges what it knows of its user for an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant section 4.3).</summary>
public sealed class IdJagRequestTests
{
    private const string Types = "urn:ietf:params:oauth:token-type:", Receiver = "https://partner.example.com", IdAtReceiver = "worker-at-partner";

    private readonly TestServer _server = Start();

    [Fact]
    public async Task An_ID_token_of_the_server_becomes_an_ID_JAG_with_the_clients_id_at_the_receiver()
    {
        var response = await RequestAsync(("scope", "files.read"), ("resource", "https://files.example.com"));

        Assert.Equal(
            ("N_A", Types + "id-jag", "files.read", "300", null),
            (response["token_type"], response["issued_token_type"], response["scope"], response["expires_in"], response["refresh_token"]));
        Assert.Equal("oauth-id-jag+jwt", IssuedToken.Header(response.AccessToken).GetProperty("typ").GetString());
        var claims = IssuedToken.Claims(response.AccessToken);
        string? Claim(string name) => claims.GetProperty(name).GetString();
        Assert.Equal((TestData.Issuer, "user-1", Receiver, IdAtReceiver), (Claim("iss"), Claim("sub"), Claim("aud"), Claim("client_id")));
        Assert.Equal(("files.read", "https://files.example.com"), (Claim("scope"), Claim("resource")));
        Assert.NotEmpty(Claim("jti")!);
        Assert.Equal((TestData.Now, TestData.Now + 300), (claims.GetProperty("iat").GetInt64(), claims.GetProperty("exp").GetInt64()));
        Assert.False(claims.TryGetProperty("cnf", out _));
        Assert.Equal(401, _server.Server.CheckAccessToken($"Bearer {response.AccessToken}").Status);
    }

    [Fact]
    public async Task A_DPoP_proof_binds_the_ID_JAG_to_its_key()
    {
        var response = await _server.PostWithAsync([("DPoP", DPoPProofBuilder.CreateForTokenEndpoint().Compact())], CreateForm());

        Assert.Equal(DPoPProofBuilder.Thumbprint(TestData.P256Key),
            IssuedToken.Claims(response.ShouldBeGranted("N_A").AccessToken).GetProperty("cnf").GetProperty("jkt").GetString());
    }

    [Fact]
    public async Task Several_resources_become_an_array()
    {
        var response = await RequestAsync(("resource", "https://a.example.com"), ("resource", "https://b.example.com"));

        Assert.Equal(["https://a.example.com", "https://b.example.com"],
            IssuedToken.Claims(response.AccessToken).GetProperty("resource").EnumerateArray().Select(value => value.GetString()));
    }

    [Fact]
    public async Task The_lifetime_of_an_ID_JAG_is_an_option_of_the_server()
    {
        var server = Start(TimeSpan.FromSeconds(60.9));
        server.Clock.Advance(TimeSpan.FromMilliseconds(500));

        var response = (await server.PostAsync(CreateForm(server: server))).ShouldBeGranted("N_A");

        var claims = IssuedToken.Claims(response.AccessToken);
        Assert.Equal(60, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal("59", response["expires_in"]);
    }

    [Fact]
    public async Task A_refresh_token_becomes_an_ID_JAG_and_is_not_used_up()
    {
        var token = _server.Server.IssueRefreshToken(TestData.ClientId, subject: "user-1");

        foreach (var _ in Enumerable.Range(0, 2))
            Assert.Equal("user-1", IssuedToken.Claims((await PostAsync(token, "refresh_token")).ShouldBeGranted("N_A").AccessToken).GetProperty("sub").GetString());

        (await _server.PostAsync([("grant_type", "refresh_token"), ("refresh_token", token), .. TestServer.ClientAssertion()])).ShouldBeGranted();
        (await PostAsync(token, "refresh_token")).ShouldBeRefused(400, "invalid_request", "S17").WithExplanation("was used");
    }

    [Fact]
    public async Task The_scope_of_a_refresh_token_limits_that_of_the_ID_JAG()
    {
        var token = _server.Server.IssueRefreshToken(TestData.ClientId, "files.read", "user-1");

        (await PostAsync(token, "refresh_token", ("scope", "files.write"))).ShouldBeRefused(400, "invalid_scope", "S18");
        Assert.Equal("files.read", (await PostAsync(token, "refresh_token")).ShouldBeGranted("N_A")["scope"]);
    }

    [Theory]
    [InlineData("unknown"), InlineData("another client")]
    public async Task A_refresh_token_that_is_not_the_clients_is_refused(string fault) =>
        (await PostAsync(fault == "unknown" ? "x" : _server.Server.IssueRefreshToken(TestData.OtherClientId), "refresh_token"))
            .ShouldBeRefused(400, "invalid_request", "S17").WithExplanation(fault);

    [Fact]
    public async Task A_SAML_assertion_for_the_client_becomes_an_ID_JAG()
    {
        _server.Server.TrustSamlIssuer(SamlAssertionBuilder.TrustedIssuer);
        var assertion = new SamlAssertionBuilder().Replace($"<saml:Audience>{TestData.Issuer}", $"<saml:Audience>{TestData.ClientId}")
            .Replace($"Recipient=\"{TestData.TokenEndpoint}\"", "Recipient=\"https://app.example.com/acs\"").Encoded();

        foreach (var _ in Enumerable.Range(0, 2))
            Assert.Equal("user-1", IssuedToken.Claims((await PostAsync(assertion, "saml2")).ShouldBeGranted("N_A").AccessToken).GetProperty("sub").GetString());
    }

    [Fact]
    public async Task A_SAML_assertion_for_another_audience_is_refused()
    {
        _server.Server.TrustSamlIssuer(SamlAssertionBuilder.TrustedIssuer);

        (await PostAsync(new SamlAssertionBuilder().Encoded(), "saml2")).ShouldBeRefused(400, "invalid_grant", "X08").WithExplanation(TestData.ClientId);
    }

    [Fact]
    public async Task An_ID_token_for_another_client_is_refused() =>
        (await PostAsync(_server.Server.IssueIdToken(TestData.OtherClientId, "user-1"), "id_token")).ShouldBeRefused(400, "invalid_request", "S12");

    [Theory]
    [InlineData(TestData.Issuer), InlineData(TestData.TokenEndpoint)]
    public async Task An_ID_token_for_the_server_is_refused(string audience)
    {
        const string Idp = "https://idp.example.com";
        _server.Server.TrustIssuer(new() { Issuer = Idp, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });
        JwtBuilder CreateIdToken(string value) => new JwtBuilder().WithClaim("iss", Idp).WithClaim("aud", value).SignedBy(TestData.OtherRsaKey);

        (await PostAsync(CreateIdToken(audience).Compact(), "id_token")).ShouldBeRefused(400, "invalid_request", "S12").WithExplanation($"expected '{TestData.ClientId}'");
        (await PostAsync(CreateIdToken(TestData.ClientId).Compact(), "id_token")).ShouldBeGranted("N_A");
    }

    [Fact]
    public async Task An_expired_ID_token_is_refused()
    {
        var token = _server.Server.IssueIdToken(TestData.ClientId, "user-1");
        _server.Clock.Advance(TimeSpan.FromMinutes(5));

        (await PostAsync(token, "id_token")).ShouldBeRefused(400, "invalid_request", "S13");
    }

    [Theory]
    [InlineData("access_token"), InlineData("jwt")]
    public async Task Another_type_of_subject_token_is_refused(string type)
    {
        var token = type == "jwt" ? _server.Server.IssueIdToken(TestData.ClientId, "user-1") : _server.Server.IssueAccessToken(TestData.ClientId);

        (await PostAsync(token, type)).ShouldBeRefused(400, "invalid_request", "S24").WithExplanation($"'{Types}{type}'");
    }

    [Theory]
    [InlineData(new string[0], "0 audience fields"), InlineData(new[] { Receiver, Receiver }, "2 audience fields")]
    public async Task A_request_without_exactly_one_audience_is_refused(string[] audiences, string explanation) =>
        (await _server.PostAsync(CreateForm(audiences))).ShouldBeRefused(400, "invalid_request", "S24").WithExplanation(explanation);

    [Fact]
    public async Task A_server_that_the_client_is_not_registered_for_is_refused()
    {
        (await _server.PostAsync(CreateForm(["https://other.example.com"]))).ShouldBeRefused(400, "invalid_target", "S24").WithExplanation($"for '{Receiver}'");
        var server = TestServer.Start();
        (await server.PostAsync(CreateForm(server: server))).ShouldBeRefused(400, "invalid_target", "S24").WithExplanation("for none");
    }

    [Fact]
    public async Task An_actor_token_is_refused() =>
        (await _server.PostAsync([.. CreateForm(), ("actor_token", "x"), ("actor_token_type", Types + "jwt")])).ShouldBeRefused(400, "invalid_request", "S24");

    [Fact]
    public async Task The_metadata_list_the_token_types_for_other_domains()
    {
        var metadata = (await _server.GetAsync(TestData.Issuer + "/.well-known/oauth-authorization-server")).Json;

        Assert.Equal([Types + "id-jag", Types + "jwt"],
            metadata.GetProperty("identity_chaining_requested_token_types_supported").EnumerateArray().Select(value => value.GetString()));
    }

    [Theory]
    [InlineData("", "x"), InlineData(Receiver, "")]
    public void An_empty_audience_or_client_id_cannot_be_registered(string audience, string id) => Assert.Throws<ArgumentException>(() =>
        _server.Server.RegisterClient(new() { Id = "worker", ClientSecret = "s", IdJagAudiences = new Dictionary<string, string> { [audience] = id } }));

    [Fact]
    public void A_lifetime_of_less_than_a_second_cannot_be_configured() => Assert.Throws<ArgumentException>(() =>
        StrictAuthorizationServer.CreateInMemory(new() { IssuedAssertionLifetime = TimeSpan.FromMilliseconds(999) }));

    private static TestServer Start(TimeSpan? lifetime = null) => TestServer.Start(
        clock => new() { TimeProvider = clock, IssuedAssertionLifetime = lifetime ?? TimeSpan.FromMinutes(5) },
        new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(),
            IdJagAudiences = new Dictionary<string, string> { [Receiver] = IdAtReceiver },
        });

    private static (string, string)[] CreateForm(string type, string token, params (string, string)[] extraFields) =>
    [
        ("grant_type", TestData.TokenExchange), ("requested_token_type", Types + "id-jag"), ("subject_token", token), ("subject_token_type", Types + type), .. extraFields,
    ];

    private (string, string)[] CreateForm(string[]? audiences = null, TestServer? server = null) =>
    [
        .. CreateForm("id_token", (server ?? _server).Server.IssueIdToken(TestData.ClientId, "user-1"), [.. (audiences ?? [Receiver]).Select(audience => ("audience", audience))]),
        .. TestServer.ClientAssertion(new JwtBuilder((server ?? _server).Clock.GetUtcNow()).Compact()),
    ];

    private async Task<TestResponse> RequestAsync(params (string, string)[] fields) => (await _server.PostAsync([.. CreateForm(), .. fields])).ShouldBeGranted("N_A");

    private Task<TestResponse> PostAsync(string token, string type, params (string, string)[] fields) => _server.PostAsync(
        [.. CreateForm(type, token, ("audience", Receiver)), .. fields, .. TestServer.ClientAssertion(new JwtBuilder(_server.Clock.GetUtcNow()).Compact())]);
}
