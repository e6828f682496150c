using System.Security.Cryptography;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace JwtGrantClient.Tests.Setup;

public sealed class ClientDependencyTests
{
    private readonly FakeTokenEndpoint _endpoint = new();
    private readonly ServiceCollection _services = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UseSigner_replaces_the_configured_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _services.AddSingleton(new VaultSigner(key, "ES256"));
        _services.AddTestClient("reports", _endpoint).UseSigner(services => services.GetRequiredService<VaultSigner>());
        await using var provider = _services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        var jwt = Jwt.Parse(_endpoint.Forms[0]["assertion"]!);
        Assert.Equal("ES256", jwt.Header.GetProperty("alg").GetString());
        Assert.Equal("vault-1", jwt.Header.GetProperty("kid").GetString());
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task UseSigner_does_not_replace_the_key_of_the_client_assertion()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _services.AddJwtGrantClient("reports", options =>
        {
            (options.Issuer, options.ClientId) = (TestData.Issuer, TestData.ClientId);
            options.TokenEndpoint = TestData.TokenEndpoint;
            options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
            options.ClientAssertion.SigningKey = new() { Text = TestData.RsaPrivatePem, KeyId = TestData.KeyId };
        }).UseSigner(_ => new VaultSigner(key, "ES256")).UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var provider = _services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        Assert.Equal("vault-1", Jwt.Parse(_endpoint.Forms[0]["assertion"]!).Header.GetProperty("kid").GetString());
        Assert.Equal(TestData.KeyId, Jwt.Parse(_endpoint.Forms[0]["client_assertion"]!).Header.GetProperty("kid").GetString());
    }

    [Fact]
    public async Task UseSubjectToken_and_UseActorToken_provide_the_exchanged_tokens_and_get_the_subject()
    {
        _services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            (options.Grant, options.SigningKey.Text) = (GrantType.TokenExchange, null);
            options.TokenExchange.Audience.Add("files");
        })
            .UseSubjectToken(_ => (context, _) => new(new Assertion($"of-{context.Subject}-{context.Purpose}", TokenTypes.IdToken, TestData.Moment)))
            .UseActorToken(_ => (context, _) => new(new Assertion($"by-{context.Purpose}", TokenTypes.Jwt, TestData.Moment)))
            .UseTokenEndpointHandler(_ => _endpoint.Handler);
        await using var provider = _services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(new TokenRequest { Subject = "alice" }, Cancellation);

        var form = _endpoint.Forms[0];
        Assert.Equal(("of-alice-SubjectToken", TokenTypes.IdToken), (form["subject_token"], form["subject_token_type"]));
        Assert.Equal(("by-ActorToken", TokenTypes.Jwt, "files"), (form["actor_token"], form["actor_token_type"], form["audience"]));
    }

    [Fact]
    public async Task UseClientCertificate_replaces_the_ClientCertificate_setting()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        _services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            options.ClientAuthentication = ClientAuthenticationMethod.MutualTls;
        }).UseClientCertificate(_ => certificate);
        await using var provider = _services.BuildServiceProvider();

        Assert.NotNull(provider.GetRequiredKeyedService<ITokenSource>("reports"));
    }

    [Fact]
    public async Task A_client_assertion_provider_that_returns_SAML_is_rejected_with_the_reason()
    {
        _services.AddTestClient("reports", _endpoint).UseClientAssertion(_ => (_, _) =>
            new(new Assertion("PHg_", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", TestData.Moment)));
        _services.Configure<JwtGrantOptions>("reports", options => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt);
        await using var provider = _services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("saml_client_assertion", error.Code);
        Assert.Contains("RFC 10070", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public async Task A_signer_with_an_unsigned_or_symmetric_algorithm_is_rejected(string algorithm)
    {
        using var key = ECDsa.Create();
        _services.AddTestClient("reports", _endpoint).UseSigner(_ => new VaultSigner(key, algorithm));
        await using var provider = _services.BuildServiceProvider();

        var error = Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenSource>("reports"));

        Assert.Equal("algorithm_not_supported", error.Code);
        Assert.StartsWith($"The signing algorithm '{algorithm}' is refused: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_dependency_that_is_null_is_an_error()
    {
        _services.AddTestClient("signer", _endpoint).UseSigner(_ => null!);
        _services.AddTestClient("handler", _endpoint).UseTokenEndpointHandler(_ => null!);
        _services.AddTestClient("pipeline", _endpoint).UseRetryPipeline(_ => null!);
        await using var provider = _services.BuildServiceProvider();

        Assert.Equal(
            [
                "The function passed to UseSigner returned null. Return an object, or do not call UseSigner.",
                "The function passed to UseTokenEndpointHandler returned null. Return an object, or do not call UseTokenEndpointHandler.",
                "The function passed to UseRetryPipeline returned null. Return an object, or do not call UseRetryPipeline.",
            ],
            ((string[])["signer", "handler", "pipeline"])
                .Select(name => Assert.Throws<JwtGrantException>(() => provider.GetRequiredKeyedService<ITokenSource>(name)).Message));
        Assert.Throws<ArgumentNullException>(() => _services.AddTestClient("x", _endpoint).UseSigner(null!));
    }

    [Fact]
    public async Task A_client_whose_dependency_failed_is_created_at_the_next_call()
    {
        var (failing, created) = (true, 0);
        _services.AddTestClient("reports", _endpoint).UseTokenEndpointHandler(_ =>
        {
            created++;
            return failing ? throw new InvalidOperationException("The proxy is not configured yet.") : _endpoint.Handler;
        });
        await using var provider = _services.BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<ITokenSource>("reports"));
        failing = false;

        Assert.Equal("token-1", (await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation)).Value);
        Assert.Equal(2, created);
    }

    [Fact]
    public async Task A_token_endpoint_handler_that_followed_a_redirect_is_reported()
    {
        var redirecting = new StubHandler(request => new HttpResponseMessage
        {
            RequestMessage = new HttpRequestMessage(HttpMethod.Post, "https://elsewhere.example.com/token"),
            Content = new StringContent("""{"access_token":"x","token_type":"Bearer","expires_in":60}"""),
        });
        _services.AddJwtGrantClient("reports", TestClient.Configure).UseTokenEndpointHandler(_ => redirecting);
        await using var provider = _services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation).AsTask());

        Assert.Equal("token_endpoint_redirect_followed", error.Code);
    }

    [Fact]
    public async Task A_TimeProvider_in_the_container_is_used_by_the_client()
    {
        _services.AddSingleton<TimeProvider>(new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestData.Moment));
        _services.AddTestClient("reports", _endpoint);
        await using var provider = _services.BuildServiceProvider();

        var token = await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(Cancellation);

        Assert.Equal(TestData.Moment.AddHours(1), token.ExpiresAt);
        Assert.Equal(TestData.Moment.ToUnixTimeSeconds(), Jwt.Parse(_endpoint.Forms[0]["assertion"]!).Payload.GetProperty("iat").GetInt64());
    }

    private sealed class VaultSigner(ECDsa key, string algorithm) : IJwtSigner
    {
        public string Algorithm => algorithm;

        public string? KeyId => "vault-1";

        public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return key.SignData(signingInput.Span, HashAlgorithmName.SHA256);
        }
    }
}
