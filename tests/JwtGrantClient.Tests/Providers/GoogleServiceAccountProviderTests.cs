using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// Google's token endpoint for service accounts, emulated from https://developers.google.com/identity/protocols/oauth2/service-account.
/// </summary>
public sealed class GoogleServiceAccountProviderTests : IAsyncDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_only", Email = "batch@project.iam.gserviceaccount.com";

    private static readonly string KeyFile = ServiceAccount(TestData.RsaPrivatePem);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _google;
    private readonly ProviderClient _client;

    public GoogleServiceAccountProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = "https://oauth2.googleapis.com", TimeProvider = _clock, TokenLifetime = TimeSpan.FromSeconds(3599), MaxAssertionLifetime = TimeSpan.FromHours(1),
            Leniency = new() { AllowMissingSub = true, AllowMissingJti = true },
        });
        _server.TrustIssuer(new() { Issuer = Email, PublicKeyPem = TestData.RsaPublicPem });
        _google = new(_server,
            new("grant_type is jwt-bearer", request => request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer", EmulatedResponse.OAuth("unsupported_grant_type", "Invalid grant_type")),
            new("aud is the token endpoint, as a string", request => request.Assertion?["aud"] != "https://oauth2.googleapis.com/token", EmulatedResponse.OAuth("invalid_grant", "Invalid JWT: Failed audience check.")),
            new("at most 60 minutes", request => EmulatedRequest.Lifetime(request.Assertion!) > 3600 || IsStale(request),
                EmulatedResponse.OAuth("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")),
            new("the account exists", request => request.Assertion!["iss"] != Email, EmulatedResponse.OAuth("invalid_grant", "Invalid grant: account not found")),
            new("the user exists", request => request.Assertion!["sub"] == "nobody@example.com", EmulatedResponse.OAuth("invalid_grant", "Invalid email or User ID")),
            new("the account may act for the user", request => request.Assertion!["sub"] is not (null or "user@example.com"),
                EmulatedResponse.OAuth("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.", 401)),
            new("a scope or a target audience", request => request.Assertion!["scope"] is null && request.Assertion["target_audience"] is null, EmulatedResponse.OAuth("invalid_scope", "Empty or missing scope not allowed.")),
            new("known scopes", request => request.Assertion!["scope"]?.Contains(',') == true,
                EmulatedResponse.OAuth("invalid_scope", "Invalid OAuth scope or ID token audience provided.")))
        {
            Refuse = refusal => refusal.Rule == "S08" ? EmulatedResponse.OAuth("invalid_grant", "Invalid JWT Signature.") : EmulatedResponse.OAuth("invalid_grant", refusal.Rule),
            EditResponse = (token, request) =>
            {
                if (request.Assertion!["target_audience"] is null)
                    return;
                token.Clear();
                token["id_token"] = Jwt.CreateFake(_clock.GetUtcNow().AddHours(1));
            },
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "Assertion": { "Audience": "https://oauth2.googleapis.com" } }""", "The audience is not that of Google's token endpoint. Remove Issuer and Assertion:Audience" },
        { """{ "Issuer": "https://accounts.google.com" }""", "The audience is not that of Google's token endpoint." },
        { """{ "Assertion": { "Issuer": "other@project.iam.gserviceaccount.com" } }""", "The service account (iss below) does not exist" },
        { """{ "Assertion": { "Subject": "nobody@example.com" } }""", "The user in sub does not exist in the Google Workspace domain." },
        { """{ "Assertion": { "Subject": "admin@example.com" } }""", "The service account may not act for the user in sub." },
        { """{ "Scope": "a,b" }""", "The claim scope is empty or has an unknown value" },
        { """{ "ScopePlacement": "Parameter" }""", "The assertion has no claim scope. Remove ScopePlacement, so that Scope is a claim." },
    };

    [Fact]
    public async Task The_key_file_and_a_scope_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _google.CreateHandler());

        Assert.Equal(TestData.Moment.AddSeconds(3599), token.ExpiresAt);
        var request = Assert.Single(_google.Requests);
        Assert.Equal(["grant_type", "assertion"], request.Form.AllKeys);
        Assert.Equal((Email, null, Scope), (request.Assertion!["iss"], request.Assertion["sub"], request.Assertion["scope"]));
        Assert.Equal("https://oauth2.googleapis.com/token", request.Url);
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("sa.json", KeyFile);

        await _client.GetTokenAsync(options => options.UseGoogleServiceAccount(path, Scope, "openid"), _google.CreateHandler());

        Assert.Equal($"{Scope} openid", Assert.Single(_google.Requests).Assertion!["scope"]);
    }

    [Fact]
    public async Task A_user_of_the_token_request_is_the_subject_for_domain_wide_delegation()
    {
        await _client.GetTokenAsync(Settings(), _google.CreateHandler(), new() { Subject = "user@example.com", Scope = "openid" });

        var assertion = Assert.Single(_google.Requests).Assertion!;
        Assert.Equal(("user@example.com", "openid"), (assertion["sub"], assertion["scope"]));
    }

    [Fact]
    public async Task A_target_audience_yields_an_ID_token()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("sa.json", KeyFile);
        const string Service = "https://orders-abc.a.run.app";

        var configured = await _client.GetTokenAsync(Settings("""{ "Scope": null, "TargetAudience": "https://orders-abc.a.run.app" }"""), _google.CreateHandler());
        var coded = await _client.GetTokenAsync(options => options.UseGoogleIdToken(path, Service), _google.CreateHandler());

        Assert.Equal((TestData.Moment.AddHours(1), configured.Value), (configured.ExpiresAt, coded.Value));
        Assert.All(_google.Requests, request => Assert.Equal((Service, null), (request.Assertion!["target_audience"], request.Assertion["scope"])));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _google.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("invalid_request", "Invalid impersonation prn email address.", "The user in sub does not exist in the Google Workspace domain.")]
    [InlineData("invalid_grant", "Not a valid email.", "The user in sub does not exist in the Google Workspace domain.")]
    [InlineData("invalid_grant", "Invalid JWT: No valid verifier found for issuer: other@project.iam.gserviceaccount.com", "The service account (iss below) does not exist")]
    [InlineData("invalid_grant", "The account has been deleted", "The service account (iss below) does not exist")]
    public async Task Other_texts_of_Google_are_explained_in_the_same_way(string error, string text, string advice) => Assert.Contains(
        $"). {advice}", await _client.FailAsync(Settings(), ProviderEmulator.Refusing(EmulatedResponse.OAuth(error, text)).CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_of_another_account_is_named()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);

        var advice = await _client.FailAsync(Settings(key: ServiceAccount(other.ExportPkcs8PrivateKeyPem())), _google.CreateHandler());

        Assert.Contains("The key (kid below) is not one of the service account (iss below)", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scope_that_is_a_claim_is_not_called_a_parameter()
    {
        var general = await _client.FailAsync(Settings("""{ "Scope": "a,b" }"""), _google.CreateHandler());

        Assert.DoesNotContain("Check Scope", general, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the OAuth scopes of the Google APIs")]
    [InlineData("""{ "TargetAudience": "https://a.run.app" }""", "Scope and TargetAudience ('https://a.run.app') are both set.")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the JSON key file of the service account, from IAM & Admin > Service Accounts > Keys.")]
    [InlineData("""{ "SigningKey": { "Algorithm": "PS256" } }""", "SigningKey:Algorithm is PS256, but Google accepts RS256.")]
    public void What_is_missing_is_said_in_the_terms_of_Google(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    [Fact]
    public void A_key_that_does_not_name_its_account_needs_a_client_id() => Assert.Equal(
        "ClientId is missing; it is the client_email of the service account, which the key does not contain. Use the JSON key file unchanged, or set ClientId.",
        Assert.Single(ProviderClient.Problems(Settings(key: TestData.RsaPrivatePem))));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string ServiceAccount(string pem) => JsonSerializer.Serialize(new
    {
        type = "service_account", project_id = "project", private_key_id = "g-1", private_key = pem, client_email = Email, client_id = "1234567890", token_uri = "https://oauth2.googleapis.com/token",
    });

    private static string Settings(string? changes = null, string? key = null)
    {
        var settings = new JsonObject { ["Provider"] = "GoogleServiceAccount", ["SigningKey"] = new JsonObject { ["Text"] = key ?? KeyFile }, ["Scope"] = Scope };
        return ProviderClient.Change(settings, changes);
    }

    private bool IsStale(EmulatedRequest request) => Math.Abs(request.Assertion!.Payload.GetProperty("iat").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds()) > 3600;
}
