using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Setup;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// Apple's token endpoint, emulated from https://developer.apple.com/documentation/signinwithapplerestapi/generate-and-validate-tokens and technote TN3107.
/// </summary>
public sealed class SignInWithAppleProviderTests : IAsyncDisposable
{
    private const string ClientId = "com.example.web", TeamId = "TEAM123456", KeyId = "KEY1234567", Redirect = "https://www.example.com/callback";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _apple;

    public SignInWithAppleProviderTests()
    {
        _server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = "https://appleid.apple.com", TimeProvider = _clock, TokenLifetime = TimeSpan.FromHours(1) });
        _server.RegisterClient(new() { Id = ClientId, PublicKeyPem = _key.ExportSubjectPublicKeyInfoPem(), KeyId = KeyId, SigningAlgorithm = "ES256", ClientSecretIssuer = TeamId });
        _apple = new(_server,
            new("a code or a refresh token", request => request.Form["grant_type"] is not ("authorization_code" or "refresh_token"), EmulatedResponse.OAuth("unsupported_grant_type", "unsupported_grant_type")),
            new("the client is known", request => request.Form["client_id"] != ClientId, new(400, """{"error":"invalid_client"}""")),
            new("the redirect URI of the code", request => request.Form["code"] is not null && request.Form["redirect_uri"] != Redirect,
                EmulatedResponse.OAuth("invalid_grant", $"redirect_uri mismatch. The code was issued to {Redirect}.")))
        {
            Refuse = refusal => refusal.Error == "invalid_client" ? new(400, """{"error":"invalid_client"}""") : EmulatedResponse.OAuth("invalid_grant", "The code has already been used."),
        };
    }

    public static TheoryData<string> WrongSecrets =>
    [
        """{ "TeamId": "TEAM999999" }""",
        """{ "ClientId": "com.example.other" }""",
        """{ "SigningKey": { "KeyId": "KEY9999999" } }""",
        """{ "ClientAssertion": { "Audience": "https://appleid.apple.com/" } }""",
    ];

    [Fact]
    public async Task The_configuration_of_the_page_exchanges_a_code_and_refreshes()
    {
        await using var client = Create(Settings());

        var first = await client.Endpoint.RequestAsync(Grant.AuthorizationCode(SignIn(), Redirect), TestContext.Current.CancellationToken);
        await client.Endpoint.RequestAsync(Grant.RefreshToken(first.RefreshToken!), TestContext.Current.CancellationToken);

        Assert.Equal(["authorization_code", "refresh_token"], _apple.Requests.Select(request => request.Form["grant_type"]));
        Assert.All(_apple.Requests, request => Assert.Equal("https://appleid.apple.com/auth/token", request.Url));
        var secret = Jwt.Parse(_apple.Requests[0].Form["client_secret"]!);
        Assert.Equal((TeamId, ClientId, "https://appleid.apple.com"), (secret["iss"], secret["sub"], secret["aud"]));
        Assert.Equal(_apple.Requests[0].Form["client_secret"], _apple.Requests[1].Form["client_secret"]);
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var options = new JwtGrantOptions();
        options.UseSignInWithApple(ClientId, TeamId, KeyId, folder.Write("AuthKey_KEY1234567.p8", _key.ExportPkcs8PrivateKeyPem()));
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: _apple.CreateHandler(), timeProvider: _clock);

        var response = await client.Endpoint.RequestAsync(Grant.AuthorizationCode(SignIn(), Redirect), TestContext.Current.CancellationToken);

        Assert.NotNull(response.RefreshToken);
    }

    [Theory]
    [MemberData(nameof(WrongSecrets))]
    public async Task A_wrong_client_secret_names_each_id_and_where_it_comes_from(string settings)
    {
        var message = await FailAsync(settings, Grant.AuthorizationCode(SignIn(), Redirect));

        Assert.Contains("iss is TeamId, sub is ClientId (the Services ID for a web site, the bundle ID for an app), kid is the Key ID of this file", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(30, "This machine's clock is 1800 s behind the server's Date. Synchronize it (NTP). Otherwise: Apple does not accept the client secret")]
    [InlineData(0, "). Apple does not accept the client secret")]
    public async Task A_wrong_clock_is_named_beside_the_ids(int minutes, string advice)
    {
        var handler = new StubHandler(_ =>
        {
            var response = new EmulatedResponse(400, """{"error":"invalid_client"}""").ToMessage();
            response.Headers.Date = TestData.Moment.AddMinutes(minutes);
            return response;
        });
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(ProviderClient.Section(Settings()), options);
        await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: handler, timeProvider: _clock);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(Grant.RefreshToken("refresh-1"), TestContext.Current.CancellationToken));

        Assert.Contains(advice, error.FirstLine(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_redirect_URI_is_named() => Assert.Contains(
        "The redirect URI is not that of the authorization request.", await FailAsync("{}", Grant.AuthorizationCode(SignIn(), "https://www.example.com/other")), StringComparison.Ordinal);

    [Fact]
    public async Task A_code_that_was_used_is_named()
    {
        var code = SignIn();
        await using var client = Create(Settings());
        await client.Endpoint.RequestAsync(Grant.AuthorizationCode(code, Redirect), TestContext.Current.CancellationToken);

        Assert.Contains("An authorization code can be used once.", await FailAsync("{}", Grant.AuthorizationCode(code, Redirect)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_a_user_is_refused_with_the_method_to_call()
    {
        await using var client = Create(Settings());

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken).AsTask());

        Assert.Contains("Call ITokenEndpoint.RequestAsync with Grant.AuthorizationCode or Grant.RefreshToken", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "TeamId": null }""", "TeamId is missing; it is the Team ID of the developer account")]
    [InlineData("""{ "TeamId": "com.example" }""", "TeamId is 'com.example', which does not have 10 letters and digits.")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the identifier of the Services ID for a web site")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the file AuthKey_KEYID.p8")]
    [InlineData("""{ "SigningKey": { "KeyId": null } }""", "SigningKey:KeyId is missing; it is the Key ID of the key")]
    public void What_is_missing_is_said_in_the_terms_of_Apple(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    [Fact]
    public void An_RSA_key_is_refused_at_start_up()
    {
        var settings = ProviderClient.Change(JsonNode.Parse(Settings())!.AsObject(), new JsonObject { ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem } }.ToJsonString());

        Assert.Equal("SigningKey:Algorithm is RS256, but Apple accepts ES256. Set it to one of them, and use a key that fits.", Assert.Single(ProviderClient.Problems(settings)));
    }

    public ValueTask DisposeAsync()
    {
        _key.Dispose();
        return _server.DisposeAsync();
    }

    private string SignIn() => _server.IssueAuthorizationCode(ClientId, Redirect, scope: "name email", subject: "user-1");

    private async Task<string> FailAsync(string changes, Grant grant)
    {
        await using var client = Create(Settings(changes));
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.Endpoint.RequestAsync(grant, TestContext.Current.CancellationToken));
        Assert.Equal((JwtGrantErrorKind.Refused, false), (error.Kind, error.IsTransient));
        return error.FirstLine();
    }

    private JwtGrantTokenSource Create(string settings)
    {
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(ProviderClient.Section(settings), options);
        return JwtGrantTokenSource.Create(options, tokenEndpointHandler: _apple.CreateHandler(), timeProvider: _clock);
    }

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "SignInWithApple", ["ClientId"] = ClientId, ["TeamId"] = TeamId,
            ["SigningKey"] = new JsonObject { ["Text"] = _key.ExportPkcs8PrivateKeyPem(), ["KeyId"] = KeyId },
        },
        changes);
}
