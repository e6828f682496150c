using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace JwtGrantClient.Tests.Saml;

/// <summary>A client that is configured for SAML and requests tokens from the strict server over HTTP.</summary>
public sealed class SamlGrantTests : IAsyncLifetime
{
    private readonly ServiceCollection _services = new();
    private StrictAuthorizationServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        _server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem });
        _server.TrustSamlIssuer(new() { Issuer = SamlTestData.Issuer, CertificatePem = SamlTestData.Certificate.ExportCertificatePem() });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(ClientAuthenticationMethod.None), InlineData(ClientAuthenticationMethod.PrivateKeyJwt)]
    public async Task A_SAML_assertion_obtains_a_token_with_and_without_client_authentication(ClientAuthenticationMethod method)
    {
        Client(options => options.ClientAuthentication = method).UseSamlAssertion(_ => SamlTestData.Certificate, SamlTestData.Configure);
        await using var services = _services.BuildServiceProvider();
        var tokens = services.GetRequiredKeyedService<ITokenSource>("sap");

        var token = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        await tokens.GetTokenAsync(new TokenRequest { Subject = "user-2" }, TestContext.Current.CancellationToken);

        Assert.Equal((TestData.ClientId, SamlTestData.Subject), (_server.CheckAccessToken($"Bearer {token.Value}").ClientId, _server.CheckAccessToken($"Bearer {token.Value}").Subject));
        Assert.Equal([SamlTestData.Subject, "user-2"], _server.Requests.Where(request => request.Path == "/token")
            .Select(request => SamlTestData.Parse(SamlTestData.Decode(request["assertion"]!)).SelectText("a:Subject/a:NameID")));
        Assert.All(_server.Requests.Where(request => request.Path == "/token"), request => Assert.Equal(SamlTestData.GrantType, request["grant_type"]));
    }

    [Fact]
    public async Task Every_attempt_sends_a_new_assertion()
    {
        _server.Enqueue(ScriptedResponse.Create(503, "", null));
        _server.Enqueue(ScriptedResponse.Drop(afterProcessing: true));
        Client().UseSamlAssertion(_ => SamlTestData.Certificate, SamlTestData.Configure)
            .UseRetryPipeline(_ => new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 2, Delay = TimeSpan.Zero }).Build());
        await using var services = _services.BuildServiceProvider();

        await services.GetRequiredKeyedService<ITokenSource>("sap").GetTokenAsync(TestContext.Current.CancellationToken);

        var sent = _server.Requests.Where(request => request.Path == "/token").Select(request => request["assertion"]).ToList();
        Assert.Equal((3, 3), (sent.Count, sent.Distinct().Count()));
    }

    [Fact]
    public async Task An_assertion_from_another_party_is_sent_unchanged()
    {
        var options = SamlTestData.Options();
        (options.Audience, options.Recipient) = (_server.Issuer, _server.TokenEndpoint);
        var external = await new SamlAssertionFactory(options, SamlTestData.Certificate).ProvideAsync(new(), TestContext.Current.CancellationToken);
        Client(client => client.Grant = GrantType.Saml2Bearer).UseGrantAssertion(_ => (_, _) => new(external));
        await using var services = _services.BuildServiceProvider();

        await services.GetRequiredKeyedService<ITokenSource>("sap").GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal(external.Value, Assert.Single(_server.Requests, request => request.Path == "/token")["assertion"]);
    }

    [Fact]
    public async Task A_SAML_assertion_is_rejected_as_client_authentication()
    {
        var factory = new SamlAssertionFactory(SamlTestData.Options(), SamlTestData.Certificate);
        Client(options => (options.Grant, options.ClientAuthentication) = (GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt))
            .UseClientAssertion(_ => factory.ProvideAsync);
        await using var services = _services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(async () =>
            await services.GetRequiredKeyedService<ITokenSource>("sap").GetTokenAsync(TestContext.Current.CancellationToken));

        Assert.Equal("saml_client_assertion", error.Code);
        Assert.Equal(0, _server.TokensIssued);
    }

    [Fact]
    public async Task Invalid_options_and_a_missing_certificate_throw_JwtGrantException()
    {
        Client().UseSamlAssertion(_ => SamlTestData.Certificate, _ => { });
        _services.AddJwtGrantClient("bare", Configure).UseSamlAssertion(_ => null!, SamlTestData.Configure);
        await using var services = _services.BuildServiceProvider();

        Assert.Equal(["settings_invalid", "part_missing"], new[] { "sap", "bare" }.Select(name =>
            Assert.Throws<JwtGrantException>(() => services.GetRequiredKeyedService<ITokenEndpoint>(name)).Code));
    }

    private IJwtGrantClientBuilder Client(Action<JwtGrantOptions>? configure = null) => _services.AddJwtGrantClient("sap", options =>
    {
        Configure(options);
        configure?.Invoke(options);
    });

    private void Configure(JwtGrantOptions options)
    {
        (options.Issuer, options.ClientId, options.AllowLoopbackHttp) = (_server.Issuer, TestData.ClientId, true);
        options.SigningKey.Text = TestData.RsaPrivatePem;
    }
}
