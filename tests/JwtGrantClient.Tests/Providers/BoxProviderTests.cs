using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>Box's token endpoint, emulated from https://developer.box.com/guides/authentication/jwt/without-sdk and its support articles.</summary>
public sealed class BoxProviderTests : IAsyncDisposable
{
    private const string ClientId = "box-client", Secret = "box-secret-of-the-config", Enterprise = "42", User = "700001";

    private static readonly string EncryptedKey = TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem(
        "passphrase-of-box", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2048));

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _box;
    private readonly ProviderClient _client;

    public BoxProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = "https://api.box.com/oauth2", TimeProvider = _clock, TokenLifetime = TimeSpan.FromSeconds(4123), MaxAssertionLifetime = TimeSpan.FromSeconds(60),
        });
        _server.RegisterClient(new() { Id = ClientId, PublicKeyPem = TestData.RsaPublicPem, KeyId = "a1b2c3d4", ClientSecret = Secret, RequireClientAuthentication = true });
        _box = new(_server,
            new("grant_type is jwt-bearer", request => request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer", EmulatedResponse.OAuth("unauthorized_client", "The grant type is unauthorized for this client_id")),
            new("the secret is in the body", request => request.Form["client_id"] != ClientId || request.Form["client_secret"] != Secret, EmulatedResponse.OAuth("invalid_client", "The client credentials are invalid")),
            new("iss is the client", request => request.Assertion!["iss"] != ClientId, Claim("iss")),
            new("aud is the token endpoint", request => request.Assertion!["aud"] != "https://api.box.com/oauth2/token", Claim("aud")),
            new("box_sub_type", request => request.Assertion!["box_sub_type"] is not ("enterprise" or "user"), Claim("box_sub_type")),
            new("sub fits box_sub_type", request => request.Assertion!["sub"] != (request.Assertion["box_sub_type"] == "user" ? User : Enterprise),
                EmulatedResponse.OAuth("invalid_grant", "Please check the 'sub' claim. The 'sub' specified is invalid.")),
            new("jti has 16 to 128 characters", request => request.Assertion!["jti"]?.Length is not (>= 16 and <= 128), EmulatedResponse.OAuth("invalid_grant", "A unique 'jti' value is required.")),
            new("at most 60 s", request => request.Assertion!.Payload.GetProperty("exp").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds() > 60,
                EmulatedResponse.OAuth("invalid_grant", "Please check the 'exp' claim. The 'exp' value exceeds the maximum value of 60 seconds beyond the issue time.")),
            new("not expired", request => request.Assertion!.Payload.GetProperty("exp").GetInt64() <= _clock.GetUtcNow().ToUnixTimeSeconds(),
                EmulatedResponse.OAuth("invalid_grant", "Current date/time MUST be before the expiration date/time listed in the 'exp' claim")))
        {
            Refuse = refusal => EmulatedResponse.OAuth("invalid_grant", refusal.Rule == "S07" ? "'kid' invalid, unable to lookup correct key."
                : "Signature verification error. The public key identified by 'kid' must correspond to the private key used for signing."),
            EditResponse = (token, _) =>
            {
                token.Remove("token_type");
                token["restricted_to"] = new JsonArray();
                token["issued_token_type"] = "bearer";
            },
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "Assertion": { "Audience": "https://api.box.com" } }""", "The audience is not that of Box." },
        { """{ "Assertion": { "Issuer": "other" } }""", "iss is not the Client ID of the app." },
        { """{ "Assertion": { "Claims": { "box_sub_type": "app" } } }""", "The claim box_sub_type is enterprise or user." },
        { """{ "Assertion": { "Claims": { "box_sub_type": "user" } } }""", "sub is not an id that fits box_sub_type." },
        { """{ "UserId": "999" }""", "sub is not an id that fits box_sub_type." },
        { """{ "Assertion": { "OmittedClaims": [ "jti" ] } }""", "The id of the assertion was used before, or is shorter than 16" },
        { """{ "SigningKey": { "KeyId": "other" } }""", "There is no public key with this kid." },
        { """{ "ClientSecret": "wrong-secret-of-box" }""", "The Client ID or the client secret is wrong." },
    };

    [Fact]
    public async Task The_config_file_is_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _box.CreateHandler());

        Assert.Equal(("Bearer", TestData.Moment.AddSeconds(4123)), (token.Type, token.ExpiresAt));
        var request = Assert.Single(_box.Requests);
        Assert.Equal((ClientId, Secret), (request.Form["client_id"], request.Form["client_secret"]));
        Assert.Equal((ClientId, Enterprise, "enterprise", "a1b2c3d4"), (request.Assertion!["iss"], request.Assertion["sub"], request.Assertion["box_sub_type"], request.Assertion.Header.GetProperty("kid").GetString()));
        Assert.Equal(45, EmulatedRequest.Lifetime(request.Assertion));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("config.json", ConfigFile());

        await _client.GetTokenAsync(options => options.UseBox(path), _box.CreateHandler());
        await _client.GetTokenAsync(options => options.UseBox(path, User), _box.CreateHandler());

        Assert.Equal([(Enterprise, "enterprise"), (User, "user")], _box.Requests.Select(request => (request.Assertion!["sub"]!, request.Assertion["box_sub_type"]!)));
    }

    [Fact]
    public async Task A_user_of_the_configuration_or_of_the_token_request_is_the_subject()
    {
        await _client.GetTokenAsync(Settings($$"""{ "UserId": "{{User}}" }"""), _box.CreateHandler());
        await _client.GetTokenAsync(Settings(), _box.CreateHandler(), new() { Subject = User, Claims = new Dictionary<string, object> { ["box_sub_type"] = "user" } });

        Assert.All(_box.Requests, request => Assert.Equal((User, "user"), (request.Assertion!["sub"], request.Assertion["box_sub_type"])));
    }

    [Fact]
    public async Task A_key_alone_needs_the_ids_and_the_secret()
    {
        var settings = new JsonObject
        {
            ["Provider"] = "Box", ["ClientId"] = ClientId, ["ClientSecret"] = Secret, ["EnterpriseId"] = Enterprise,
            ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem, ["KeyId"] = "a1b2c3d4" },
        };

        Assert.NotNull((await _client.GetTokenAsync(settings.ToJsonString(), _box.CreateHandler())).Value);
        settings.Remove("ClientId");
        settings.Remove("ClientSecret");
        settings.Remove("EnterpriseId");
        var problems = ProviderClient.Problems(settings.ToJsonString());
        Assert.Contains(problems, problem => problem.StartsWith("ClientId is missing; it is the Client ID of the app, which the key does not contain.", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("EnterpriseId is missing; it is enterpriseID of config.json", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("ClientSecret is missing; it is the Client Secret of the app, which the key does not contain.", StringComparison.Ordinal));
        // The general problem suggests a method that Box does not have.
        Assert.Equal(3, problems.Count);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _box.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_of_another_app_is_named()
    {
        using var other = RSA.Create(2048);
        var changes = new JsonObject { ["SigningKey"] = new JsonObject { ["Text"] = ConfigFile(other.ExportPkcs8PrivateKeyPem()) } }.ToJsonString();

        Assert.Contains("The key is not the one that the app has under this kid.", await _client.FailAsync(Settings(changes), _box.CreateHandler()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("invalid_grant", "Cannot obtain token based on the enterprise configuration for your app", "The app may not act for this enterprise or user. An administrator authorizes it")]
    [InlineData("invalid_request", "Cannot obtain user token based on the enterprise configuration for your app.", "The app may not act for this enterprise or user. An administrator authorizes it")]
    [InlineData("invalid_request", "The grant type is unauthorized for this client_id.", "The app may not use this grant. Its authentication method is 'Server Authentication (with JWT)'")]
    [InlineData("unauthorized_client", "This app is not authorized by the enterprise admin", "An administrator of the enterprise authorizes the app, by its Client ID")]
    public async Task A_missing_authorization_is_named_with_the_place_where_it_is_given(string error, string text, string advice)
    {
        ProviderEmulator refusing = new(_server, new EmulatedRule("authorized", _ => true, EmulatedResponse.OAuth(error, text)));

        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(), refusing.CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_the_file_is_not_in_an_error_that_repeats_it()
    {
        ProviderEmulator echoing = new(_server, new EmulatedRule("echo", _ => true, EmulatedResponse.OAuth("invalid_client", $"The client credentials {Secret} are invalid")));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), echoing.CreateHandler()));

        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the file config.json")]
    [InlineData("""{ "SigningKey": { "Algorithm": "PS256" } }""", "SigningKey:Algorithm is PS256, but Box accepts RS256 or RS384 or RS512.")]
    [InlineData("""{ "Assertion": { "Lifetime": "00:01:30" } }""", "Assertion:Lifetime is 00:01:30, but Box accepts at most 00:01:00.")]
    [InlineData("""{ "EnterpriseId": "42", "UserId": "700001" }""", "EnterpriseId and UserId are both set.")]
    public void What_is_missing_is_said_in_the_terms_of_Box(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static EmulatedResponse Claim(string name) => EmulatedResponse.OAuth("invalid_grant", $"Please check the '{name}' claim.");

    private static string ConfigFile(string? key = null) => new JsonObject
    {
        ["boxAppSettings"] = new JsonObject
        {
            ["clientID"] = ClientId, ["clientSecret"] = Secret,
            ["appAuth"] = new JsonObject { ["publicKeyID"] = "a1b2c3d4", ["privateKey"] = key ?? EncryptedKey, ["passphrase"] = key is null ? "passphrase-of-box" : null },
        },
        ["enterpriseID"] = Enterprise,
    }.ToJsonString();

    private static string Settings(string? changes = null) =>
        ProviderClient.Change(new() { ["Provider"] = "Box", ["SigningKey"] = new JsonObject { ["Text"] = ConfigFile() } }, changes);
}
