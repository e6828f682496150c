using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests.Saml;

/// <summary>The SAML bearer grant (RFC 7522 section 2.1): an assertion is single-use, and the server validates any client authentication.</summary>
public sealed class SamlBearerGrantTests
{
    [Fact]
    public async Task A_replayed_SAML_assertion_is_refused()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());

        (await server.PresentSamlAsync(assertion)).ShouldBeGranted();

        (await server.PresentSamlAsync(assertion)).ShouldBeRefused("X12").WithExplanation("is that of request 1 again");
    }

    [Fact]
    public async Task A_replayed_SAML_assertion_is_refused_even_if_its_text_differs()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder());

        (await server.PresentAsync(assertion)).ShouldBeGranted();

        (await server.PresentSamlAsync(SamlAssertionBuilder.Encode(assertion.ToXml() + "<!-- again -->"))).ShouldBeRefused("X12");
    }

    [Fact]
    public async Task A_refused_SAML_assertion_does_not_consume_its_ID()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder());
        (await server.PresentSamlAsync(SamlAssertionBuilder.Encode(assertion.ToXml().Replace(">user-1<", ">admin<", StringComparison.Ordinal)))).ShouldBeRefused("X06");

        (await server.PresentAsync(assertion)).ShouldBeGranted();
    }

    [Fact]
    public async Task Only_one_of_fifty_identical_concurrent_requests_succeeds()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());
        var start = new TaskCompletionSource();
        var responses = Enumerable.Range(0, 50).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            return await server.PresentSamlAsync(assertion);
        })).ToList();

        start.SetResult();

        Assert.Single(await Task.WhenAll(responses), response => response.Status == System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_token_is_issued_to_the_client_that_is_named_or_authenticated()
    {
        var server = SamlServer.Start();

        var named = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("client_id", TestData.ClientId));
        var authenticated = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), TestServer.ClientAssertion());
        var unnamed = await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded());

        Assert.Equal([TestData.ClientId, TestData.ClientId, SamlAssertionBuilder.Issuer], new[] { named, authenticated, unnamed }.Select(
            response => IssuedToken.Claims(response.ShouldBeGranted().AccessToken).GetProperty("client_id").GetString()));
    }

    [Fact]
    public async Task Invalid_client_authentication_is_refused_and_does_not_consume_the_SAML_assertion()
    {
        var (server, assertion) = (SamlServer.Start(), new SamlAssertionBuilder().Encoded());

        (await server.PresentSamlAsync(assertion, TestServer.ClientAssertion(new JwtBuilder().SignedBy(TestData.OtherRsaKey).Compact()))).ShouldBeRefused(401, "invalid_client", "S08");
        (await server.PresentSamlAsync(assertion, ("client_id", "unknown"))).ShouldBeRefused(401, "invalid_client", "S10");

        (await server.PresentSamlAsync(assertion)).ShouldBeGranted();
    }

    [Fact]
    public async Task A_client_can_be_required_to_authenticate_when_it_presents_a_SAML_assertion()
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
    public async Task A_SAML_grant_requires_an_assertion_and_supported_scopes()
    {
        var server = SamlServer.Start(options: clock => new() { TimeProvider = clock, SupportedScopes = ["read"] });

        (await server.PostAsync(("grant_type", SamlAssertionBuilder.GrantType))).ShouldBeRefused(400, "invalid_request", "S01");
        (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("scope", "write"))).ShouldBeRefused(400, "invalid_scope", "S17");
        Assert.Equal("read", (await server.PresentSamlAsync(new SamlAssertionBuilder().Encoded(), ("scope", "read"))).ShouldBeGranted()["scope"]);
    }

    [Fact]
    public async Task A_SAML_assertion_is_refused_as_client_authentication() => (await SamlServer.Start().PostAsync(
        ("grant_type", "client_credentials"), ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
        ("client_assertion", new SamlAssertionBuilder().Encoded()))).ShouldBeRefused(401, "invalid_client", "S02");
}
