using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The provider GoogleServiceAccount at the emulated token endpoint of Google.</summary>
public sealed class GoogleServiceAccountProviderTests : IAsyncDisposable
{
    private const string Scope = "https://www.googleapis.com/auth/devstorage.read_only";

    private static readonly string KeyFile = GoogleTokenEndpoint.KeyFile(TestData.RsaPrivatePem);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly GoogleTokenEndpoint _endpoint;
    private readonly ProviderEmulator _google;
    private readonly ProviderClient _client;

    public GoogleServiceAccountProviderTests()
    {
        _client = new(_clock);
        _endpoint = new(_clock, TestData.RsaPublicPem);
        _google = _endpoint.Emulator;
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
        Assert.Equal((GoogleTokenEndpoint.Email, null, Scope), (request.Assertion!["iss"], request.Assertion["sub"], request.Assertion["scope"]));
        Assert.Equal(GoogleTokenEndpoint.Url, request.Url);
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

        var advice = await _client.FailAsync(Settings(key: GoogleTokenEndpoint.KeyFile(other.ExportPkcs8PrivateKeyPem())), _google.CreateHandler());

        Assert.Contains("The key (kid below) is not one of the service account (iss below)", advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_named()
    {
        _clock.Advance(TimeSpan.FromHours(2));

        var advice = await new ProviderClient(new(TestData.Moment)).FailAsync(Settings(), _google.CreateHandler());

        Assert.Contains("The assertion is valid for more than 1 h, or the clock of this machine is wrong.", advice, StringComparison.Ordinal);
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

    public ValueTask DisposeAsync() => _endpoint.DisposeAsync();

    private static string Settings(string? changes = null, string? key = null)
    {
        var settings = new JsonObject { ["Provider"] = "GoogleServiceAccount", ["SigningKey"] = new JsonObject { ["Text"] = key ?? KeyFile }, ["Scope"] = Scope };
        return ProviderClient.Change(settings, changes);
    }
}
