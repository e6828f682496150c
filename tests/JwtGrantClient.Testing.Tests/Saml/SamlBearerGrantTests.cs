using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>X12, S17 and S18: an assertion serves once, and whoever says that it is a client is judged.</summary>
public sealed class SamlBearerGrantTests
{
    [Fact]
    public async Task The_second_sight_is_refused()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());

        (await server.PresentSamlAsync(assertion)).ShouldBeGranted();

        (await server.PresentSamlAsync(assertion)).ShouldBeRefused("X12").Saying("seen before");
    }

    [Fact]
    public async Task The_second_sight_is_refused_also_in_another_spelling()
    {
        var (server, saml) = (SamlServer.Start(), new SamlAssertionBuilder());

        (await server.PresentAsync(saml)).ShouldBeGranted();

        (await server.PresentSamlAsync(SamlAssertionBuilder.Encode(saml.Text() + "<!-- again -->"))).ShouldBeRefused("X12");
    }

    [Fact]
    public async Task A_bad_assertion_does_not_use_up_its_ID()
    {
        var (server, saml) = (SamlServer.Start(), new SamlAssertionBuilder());
        (await server.PresentSamlAsync(SamlAssertionBuilder.Encode(saml.Text().Replace(">user-1<", ">admin<", StringComparison.Ordinal)))).ShouldBeRefused("X06");

        (await server.PresentAsync(saml)).ShouldBeGranted();
    }

    [Fact]
    public async Task Of_fifty_equal_requests_at_once_one_passes()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());
        var start = new TaskCompletionSource();
        var answers = Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            return await server.PresentSamlAsync(assertion);
        })).ToList();

        start.SetResult();

        Assert.Single(await Task.WhenAll(answers), answer => answer.Status == System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_may_be_named_and_may_authenticate_and_then_the_token_is_its()
    {
        var server = SamlServer.Start();

        var named = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("client_id", TestData.ClientId));
        var proven = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), TestServer.ClientAssertion());
        var unnamed = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded());

        Assert.Equal([TestData.ClientId, TestData.ClientId, SamlAssertionBuilder.Issuer], new[] { named, proven, unnamed }.Select(
            answer => IssuedToken.Claims(answer.ShouldBeGranted().AccessToken).GetProperty("client_id").GetString()));
    }

    [Fact]
    public async Task Bad_client_authentication_is_refused_and_uses_up_no_assertion()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());

        (await server.PresentSamlAsync(assertion, TestServer.ClientAssertion(new JwtBuilder().SignedBy(TestData.OtherRsaKey).Compact()))).ShouldBeRefused(401, "invalid_client", "S08");
        (await server.PresentSamlAsync(assertion, ("client_id", "nobody"))).ShouldBeRefused(401, "invalid_client", "S10");

        (await server.PresentSamlAsync(assertion)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_can_be_required_to_authenticate()
    {
        var server = SamlServer.Start();
        server.Server.RegisterClient(new()
        {
            Id = TestData.ClientId, PublicKeyPem = TestData.RsaKey.ExportSubjectPublicKeyInfoPem(), RequireClientAuthentication = true,
        });

        (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("client_id", TestData.ClientId))).ShouldBeRefused(401, "invalid_client", "S18");
        (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), TestServer.ClientAssertion())).ShouldBeGranted();
    }

    [Fact]
    public async Task The_grant_needs_its_assertion_and_asks_for_scopes_like_any()
    {
        var server = SamlServer.Start(options: clock => new() { TimeProvider = clock, SupportedScopes = ["read"] });

        (await server.PostAsync(("grant_type", SamlAssertionBuilder.Grant))).ShouldBeRefused(400, "invalid_request", "S01");
        (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("scope", "write"))).ShouldBeRefused(400, "invalid_scope", "S17");
        Assert.Equal("read", (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("scope", "read"))).ShouldBeGranted()["scope"]);
    }

    [Fact]
    public async Task A_SAML_assertion_does_not_authenticate_a_client() => (await SamlServer.Start().PostAsync(
        ("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        ("client_assertion", new SamlAssertionBuilder().Encoded()))).ShouldBeRefused(401, "invalid_client", "S02");
}
