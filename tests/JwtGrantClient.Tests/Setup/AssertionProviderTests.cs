using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace JwtGrantClient.Tests.Setup;

public sealed class AssertionProviderTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ServiceCollection _services = new();
    private readonly FakeTimeProvider _clock = new(TestData.Moment);

    public AssertionProviderTests() => _services.AddSingleton<TimeProvider>(_clock);

    [Fact]
    public async Task An_assertion_provider_gets_the_purpose_and_attempt_of_each_assertion()
    {
        var contexts = new List<AssertionContext>();
        _endpoint.ResponseOverride = number => number == 1 ? new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable) : null;
        _services.AddJwtGrantClient("foreign", options =>
        {
            options.Issuer = TestData.Issuer;
            options.TokenEndpoint = TestData.TokenEndpoint;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        })
            .UseTokenEndpointHandler(_ => _endpoint.Handler)
            .UseRetryPipeline(_ => new ResiliencePipelineBuilder().AddRetry(new() { MaxRetryAttempts = 1, Delay = TimeSpan.Zero }).Build())
            .UseGrantAssertion(_ => Provide)
            .UseClientAssertion(_ => Provide);
        await using var services = _services.BuildServiceProvider();

        await services.GetRequiredKeyedService<ITokenSource>("foreign")
            .GetTokenAsync(new TokenRequest { Subject = "tenant-42" }, TestContext.Current.CancellationToken);

        Assert.Equal(
            [
                (AssertionPurpose.Grant, 1, "tenant-42"), (AssertionPurpose.ClientAuthentication, 1, null),
                (AssertionPurpose.Grant, 2, "tenant-42"), (AssertionPurpose.ClientAuthentication, 2, null),
            ],
            contexts.Select(context => (context.Purpose, context.Attempt, context.Subject)));
        Assert.All(contexts, context => Assert.Equal((TestData.Issuer, new Uri(TestData.TokenEndpoint)), (context.Issuer, context.TokenEndpoint)));
        Assert.Equal(("foreign-Grant-2", "foreign-ClientAuthentication-2"), (_endpoint.Forms[1]["assertion"], _endpoint.Forms[1]["client_assertion"]));
        Assert.Equal("urn:example:type", _endpoint.Forms[1]["client_assertion_type"]);

        ValueTask<Assertion> Provide(AssertionContext context, CancellationToken cancellationToken)
        {
            contexts.Add(context);
            return new(new Assertion($"foreign-{context.Purpose}-{context.Attempt}", "urn:example:type", TestData.Moment.AddHours(1)));
        }
    }

    [Fact]
    public async Task A_token_file_as_client_assertion_needs_neither_key_nor_client_id()
    {
        using var folder = new TemporaryFolder();
        var token = Jwt.CreateFake(TestData.Moment.AddMinutes(10));
        var path = folder.Write("token", token);
        _services.AddJwtGrantClient("spiffe", options =>
        {
            options.TokenEndpoint = TestData.TokenEndpoint;
            options.Grant = GrantType.ClientCredentials;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.TokenFile = path;
            options.ClientAssertion.AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";
        }).UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var services = _services.BuildServiceProvider();

        await services.GetRequiredKeyedService<ITokenSource>("spiffe").GetTokenAsync(TestContext.Current.CancellationToken);

        var form = Assert.Single(_endpoint.Forms);
        Assert.Equal(token, form["client_assertion"]);
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", form["client_assertion_type"]);
        Assert.Null(form["client_id"]);
    }

    [Fact]
    public async Task A_token_file_can_be_the_grant_assertion()
    {
        using var folder = new TemporaryFolder();
        var token = Jwt.CreateFake(TestData.Moment.AddMinutes(10));
        var path = folder.Write("token", token);
        _services.AddJwtGrantClient("projected", options =>
        {
            options.TokenEndpoint = TestData.TokenEndpoint;
            options.Assertion.TokenFile = path;
        }).UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var services = _services.BuildServiceProvider();

        await services.GetRequiredKeyedService<ITokenSource>("projected").GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.Equal(token, Assert.Single(_endpoint.Forms)["assertion"]);
    }

    [Fact]
    public async Task EditAssertions_changes_header_and_claims_of_each_new_assertion()
    {
        var claims = new Dictionary<string, object> { ["tenant"] = "t1" };
        _services.AddJwtGrantClient("edited", options =>
        {
            TestClient.Configure(options);
            options.Assertion.Claims = claims;
        })
            .UseTokenEndpointHandler(_ => _endpoint.Handler)
            .EditAssertions(draft => draft.Claims.Add("attempt", draft.Context.Attempt))
            .EditAssertions(draft => (draft.Header["x-hint"], draft.Type) = ("a", "oauth-id-jag+jwt"));
        await using var services = _services.BuildServiceProvider();
        var tokens = services.GetRequiredKeyedService<ITokenSource>("edited");

        await tokens.GetTokenAsync(TestContext.Current.CancellationToken);
        await tokens.GetTokenAsync(new TokenRequest { Scope = "more" }, TestContext.Current.CancellationToken);

        Assert.All(_endpoint.Forms, form =>
        {
            var jwt = Jwt.Parse(form["assertion"]!);
            Assert.Equal(("t1", "1"), (jwt["tenant"], jwt["attempt"]));
            Assert.Equal(("a", "oauth-id-jag+jwt"), (jwt.Header.GetProperty("x-hint").GetString(), jwt.Header.GetProperty("typ").GetString()));
        });
        Assert.Equal(["tenant"], claims.Keys);
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("exp")]
    [InlineData("jti")]
    public async Task EditAssertions_cannot_set_a_registered_claim_through_Claims(string name)
    {
        _services.AddTestClient("edited", _endpoint).EditAssertions(draft => draft.Claims[name] = "x");
        await using var services = _services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(async () =>
            await services.GetRequiredKeyedService<ITokenSource>("edited").GetTokenAsync(TestContext.Current.CancellationToken));

        Assert.Equal("assertion_edit_refused", error.Code);
        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task A_JWT_as_client_secret_is_cached_and_replaced_after_invalid_client()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _endpoint.ResponseOverride = number => number == 2 ? FakeTokenEndpoint.ErrorResponse("invalid_client") : null;
        _services.AddJwtGrantClient("apple", options =>
        {
            options.TokenEndpoint = "https://appleid.apple.com/auth/token";
            options.ClientId = "com.example.web";
            options.ClientAuthentication = ClientAuthenticationMethod.JwtAsClientSecret;
            options.ClientAssertion.Issuer = "TEAM123456";
            options.ClientAssertion.Audience = "https://appleid.apple.com";
            options.ClientAssertion.Lifetime = TimeSpan.FromDays(180);
            options.SigningKey.Text = key.ExportPkcs8PrivateKeyPem();
            options.SigningKey.KeyId = "KEY1234567";
        }).UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var services = _services.BuildServiceProvider();
        var apple = services.GetRequiredKeyedService<ITokenEndpoint>("apple");
        var secrets = services.GetRequiredKeyedService<IAssertionSource>("apple");

        await apple.RequestAsync(Grant.AuthorizationCode("c1"), TestContext.Current.CancellationToken);
        var cached = await secrets.GetAssertionAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<JwtGrantException>(() => apple.RequestAsync(Grant.AuthorizationCode("c2"), TestContext.Current.CancellationToken));
        await apple.RequestAsync(Grant.AuthorizationCode("c3"), TestContext.Current.CancellationToken);

        Assert.Equal([cached.Value, cached.Value], _endpoint.Forms.Take(2).Select(form => form["client_secret"]));
        Assert.NotEqual(cached.Value, _endpoint.Forms[2]["client_secret"]);
        Assert.All(_endpoint.Forms, form => Assert.Equal(("com.example.web", null), (form["client_id"], form["client_assertion"])));
        var jwt = Jwt.Parse(cached.Value);
        Assert.Equal("""{"alg":"ES256","typ":"JWT","kid":"KEY1234567"}""", jwt.Header.GetRawText());
        Assert.Equal(("TEAM123456", "com.example.web", "https://appleid.apple.com"), (jwt["iss"], jwt["sub"], jwt["aud"]));
        Assert.Equal(TestData.Moment.AddDays(180), cached.ExpiresAt);
    }
}
