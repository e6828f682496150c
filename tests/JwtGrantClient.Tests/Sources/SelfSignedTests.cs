using System.Net;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Sources;

/// <summary>A client that signs its access tokens itself, for APIs that trust its key.</summary>
public sealed class SelfSignedTests : IDisposable
{
    private const string Audience = "https://api.example.com";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(TestData.Moment);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_token_is_a_JWT_with_the_claims_of_the_settings()
    {
        await using var tokens = Create(options => (options.Assertion.Subject, options.Assertion.Claims["team"]) = ("orders", "a"));

        var token = await tokens.GetTokenAsync(Cancellation);

        var jwt = Jwt.Parse(token.Value);
        Assert.Equal(
            (TestData.ClientId, "orders", Audience, "a", "key-1", "JWT"),
            (jwt["iss"], jwt["sub"], jwt["aud"], jwt["team"], jwt.Header.GetProperty("kid").GetString(), jwt.Header.GetProperty("typ").GetString()));
        Assert.Equal(("Bearer", TestData.Moment.AddMinutes(20)), (token.Type, token.ExpiresAt));
        Assert.Equal(token.ExpiresAt.ToUnixTimeSeconds(), jwt.Payload.GetProperty("exp").GetInt64());
        Assert.True(Keys.P256.VerifyData(jwt.SigningInput, jwt.Signature, System.Security.Cryptography.HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task The_token_is_cached_and_refreshed_before_it_expires()
    {
        await using var tokens = Create();
        var first = await tokens.GetTokenAsync(Cancellation);
        var second = await tokens.GetTokenAsync(Cancellation);
        _time.Advance(TimeSpan.FromMinutes(20));

        var third = await tokens.GetTokenAsync(Cancellation);

        Assert.Same(first, second);
        Assert.Equal(TestData.Moment.AddMinutes(40), third.ExpiresAt);
    }

    [Fact]
    public async Task Each_subject_and_its_claims_have_a_token()
    {
        await using var tokens = Create();

        var alice = Jwt.Parse((await tokens.GetTokenAsync(new TokenRequest { Subject = "alice", Claims = new Dictionary<string, object> { ["role"] = "reader" } }, Cancellation)).Value);

        Assert.Equal(("alice", "reader"), (alice["sub"], alice["role"]));
    }

    [Fact]
    public async Task EditAssertions_adds_header_members_and_claims()
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("store", options => Configure(options)).EditAssertions(draft =>
        {
            Assert.Equal(AssertionPurpose.AccessToken, draft.Context.Purpose);
            draft.Header["x5u"] = "https://keys.example.com";
            draft.Claims["bid"] = "com.example.app";
        });
        await using var provider = services.BuildServiceProvider();

        var jwt = Jwt.Parse((await provider.GetRequiredKeyedService<ITokenSource>("store").GetTokenAsync(Cancellation)).Value);

        Assert.Equal(("https://keys.example.com", "com.example.app"), (jwt.Header.GetProperty("x5u").GetString(), jwt["bid"]));
    }

    [Fact]
    public async Task After_an_API_rejected_the_token_the_key_file_is_read_again()
    {
        var path = _folder.Write("key.pem", Keys.P256.ExportPkcs8PrivateKeyPem());
        await using var tokens = Create(options => (options.SigningKey.Text, options.SigningKey.Path) = (null, path));
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var received = new List<Jwt>();
        var api = new StubHandler(request =>
        {
            received.Add(Jwt.Parse(request.Headers.Authorization!.Parameter!));
            return new(received.Count == 2 ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
        });
        using var http = new HttpMessageInvoker(new AccessTokenHandler(tokens, ProtectedApi.Options()) { InnerHandler = api });

        await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address), Cancellation);
        _folder.Write("key.pem", other.ExportPkcs8PrivateKeyPem());
        await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, ProtectedApi.Address), Cancellation);

        Assert.Equal(3, received.Count);
        Assert.True(other.VerifyData(received[2].SigningInput, received[2].Signature, System.Security.Cryptography.HashAlgorithmName.SHA256));
    }

    public static TheoryData<string> Refused => ["scope", "resource", "parameter", "token"];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_for_something_that_the_token_does_not_contain_is_an_error(string property)
    {
        await using var tokens = Create();

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => tokens.GetTokenAsync(
            property switch
            {
                "scope" => new() { Scope = "read" },
                "resource" => new() { Resource = [Audience] },
                "parameter" => new() { Parameters = new Dictionary<string, string> { ["audience"] = "a" } },
                _ => new TokenRequest { Assertion = "alice" },
            },
            Cancellation).AsTask());

        Assert.Equal("request_not_signed", error.Code);
    }

    [Fact]
    public void Settings_of_a_server_and_a_missing_audience_are_problems()
    {
        var error = Assert.Throws<JwtGrantException>(() => Create(options =>
            (options.Assertion.Audience, options.TokenEndpoint, options.ClientAuthentication) = (null, TestData.TokenEndpoint, ClientAuthenticationMethod.PrivateKeyJwt)));

        Assert.Contains("TokenEndpoint is set, but Grant is SelfSigned, and the client requests no token. Remove the setting.", error.Message, StringComparison.Ordinal);
        Assert.Contains("ClientAuthentication is set, but", error.Message, StringComparison.Ordinal);
        Assert.Contains("Assertion:Audience is missing; it is the API that the self-signed token is for. Set it to the value that the API expects, or for an API that expects none add aud to Assertion:OmittedClaims.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Such_a_token_can_be_the_input_of_another_client()
    {
        var (options, endpoint) = (TestClient.Options(), new FakeTokenEndpoint());
        (options.Grant, options.TokenExchange.SubjectTokenFrom) = (GrantType.TokenExchange, "own");
        await using var own = Create();
        await using var outer = JwtGrantTokenSource.Create(
            options, tokenEndpointHandler: endpoint.Handler, clients: new Dictionary<string, JwtGrantTokenSource> { ["own"] = own });

        await outer.GetTokenAsync(Cancellation);

        Assert.Equal((await own.GetTokenAsync(Cancellation)).Value, endpoint.Forms[0]["subject_token"]);
        Assert.Equal(TokenTypes.Jwt, endpoint.Forms[0]["subject_token_type"]);
    }

    private static void Configure(JwtGrantOptions options)
    {
        (options.Grant, options.ClientId, options.Assertion.Audience) = (GrantType.SelfSigned, TestData.ClientId, Audience);
        (options.Assertion.Lifetime, options.Assertion.AllowLongLifetime) = (TimeSpan.FromMinutes(20), true);
        (options.SigningKey.Text, options.SigningKey.KeyId) = (Keys.P256.ExportPkcs8PrivateKeyPem(), "key-1");
    }

    private JwtGrantTokenSource Create(Action<JwtGrantOptions>? configure = null)
    {
        var options = new JwtGrantOptions();
        Configure(options);
        configure?.Invoke(options);
        return JwtGrantTokenSource.Create(options, timeProvider: _time);
    }
}
