using System.Globalization;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The token endpoint of Salesforce, emulated from the documentation of the OAuth 2.0 JWT bearer flow.</summary>
public sealed class SalesforceProviderTests : IAsyncDisposable
{
    private const string Key = "3MVG9consumer", User = "integration@contoso.com";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _salesforce;
    private readonly ProviderClient _client;

    public SalesforceProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = "https://login.salesforce.com", TimeProvider = _clock, MaxAssertionLifetime = TimeSpan.FromHours(1), Leniency = new() { AllowMissingJti = true },
        });
        _server.RegisterClient(new() { Id = Key, PublicKeyPem = TestData.RsaPublicPem });
        _salesforce = new(_server,
            new("the path of the token endpoint", request => !request.Url.EndsWith(".salesforce.com/services/oauth2/token", StringComparison.Ordinal), new(404, "Not found")),
            new("grant_type is jwt-bearer", request => request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer", EmulatedResponse.OAuth("unsupported_grant_type", "grant type not supported")),
            new("iss is the consumer key", request => request.Assertion!["iss"] != Key, EmulatedResponse.OAuth("invalid_client_id", "client identifier invalid")),
            new("aud is the login host", request => request.Assertion!["aud"] != Login(request), EmulatedResponse.OAuth("invalid_grant", "audience is invalid")),
            new("exp is within 3 minutes", request => request.Assertion!.Payload.GetProperty("exp").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds() is < 0 or > 180,
                EmulatedResponse.OAuth("invalid_grant", "expired authorization code")),
            new("the user approved the app", request => request.Assertion!["sub"] == "new@contoso.com", EmulatedResponse.OAuth("invalid_grant", "user hasn't approved this consumer")),
            new("the user may use the app", request => request.Assertion!["sub"] == "other@contoso.com", EmulatedResponse.OAuth("invalid_app_access", "user is not admin approved to access this app")),
            new("the user exists", request => request.Assertion!["sub"] != User, EmulatedResponse.OAuth("invalid_grant", "authentication failure")))
        {
            Refuse = refusal => refusal.Rule == "S08" ? EmulatedResponse.OAuth("invalid_grant", "invalid assertion") : EmulatedResponse.OAuth("invalid_grant", refusal.Rule),
            EditResponse = (token, _) =>
            {
                token.Remove("expires_in");
                token["instance_url"] = "https://contoso.my.salesforce.com";
                token["id"] = "https://login.salesforce.com/id/00D/005";
                token["issued_at"] = _clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            },
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "Assertion": { "Audience": "https://contoso.my.salesforce.com" } }""", "The audience must be https://login.salesforce.com" },
        { """{ "Sandbox": "true" }""", "The audience must be https://login.salesforce.com" },
        { """{ "ClientId": "3MVG9other" }""", "There is no app with this Consumer Key in the org." },
        { """{ "Assertion": { "Subject": "new@contoso.com" } }""", "The user in sub has not approved the app, or there is no such user. Check that Assertion:Subject is a username of this org" },
        { """{ "Assertion": { "Subject": "other@contoso.com" } }""", "The user in sub may not use the app." },
        { """{ "Assertion": { "Subject": "nobody@contoso.com" } }""", "Check that sub is the username of an active user of this org" },
    };

    [Fact]
    public async Task The_consumer_key_a_user_and_a_key_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _salesforce.CreateHandler());

        Assert.Equal((TestData.Moment.AddMinutes(15), "https://contoso.my.salesforce.com"), (token.ExpiresAt, token.Members["instance_url"].GetString()));
        var request = Assert.Single(_salesforce.Requests);
        Assert.Equal(["grant_type", "assertion"], request.Form.AllKeys);
        Assert.Equal(("https://contoso.my.salesforce.com/services/oauth2/token", "https://login.salesforce.com", User), (request.Url, request.Assertion!["aud"], request.Assertion["sub"]));
    }

    [Theory]
    [InlineData(null, null, "https://login.salesforce.com/services/oauth2/token", "https://login.salesforce.com")]
    [InlineData(null, true, "https://test.salesforce.com/services/oauth2/token", "https://test.salesforce.com")]
    [InlineData("contoso--dev.sandbox.my.salesforce.com", null, "https://contoso--dev.sandbox.my.salesforce.com/services/oauth2/token", "https://test.salesforce.com")]
    [InlineData("contoso.my.salesforce.com", null, "https://contoso.my.salesforce.com/services/oauth2/token", "https://login.salesforce.com")]
    public void The_host_and_the_audience_follow_from_the_domain(string? domain, bool? sandbox, string endpoint, string audience)
    {
        var options = new JwtGrantOptions();
        options.UseSalesforce(Key, User, "keys/salesforce.pem", domain, sandbox);

        Assert.Equal((endpoint, audience), (options.TokenEndpoint, options.Assertion.Audience));
        Assert.Equal((Key, User, "keys/salesforce.pem"), (options.ClientId, options.Assertion.Subject, options.SigningKey.Path));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _salesforce.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task Another_key_is_named()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);

        var advice = await _client.FailAsync(
            Settings(new JsonObject { ["SigningKey"] = new JsonObject { ["Text"] = other.ExportPkcs8PrivateKeyPem() } }.ToJsonString()), _salesforce.CreateHandler());

        Assert.Contains("Salesforce does not accept the signature. Upload the certificate of this key", advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Consumer Key of the external client app or connected app")]
    [InlineData("""{ "Assertion": null }""", "Assertion:Subject is missing; it is the username of the Salesforce user")]
    [InlineData("""{ "SigningKey": null }""", "SigningKey is missing; it is the private key whose certificate is uploaded")]
    [InlineData("""{ "Domain": "https://contoso.my.salesforce.com" }""", "Domain is 'https://contoso.my.salesforce.com', which has a scheme or a path")]
    [InlineData("""{ "Domain": "contoso.lightning.force.com" }""", "Domain is ")]
    [InlineData("""{ "Sandbox": "yes" }""", "Sandbox is ")]
    [InlineData("""{ "Assertion": { "Lifetime": "00:05:00" } }""", "Assertion:Lifetime is 00:05:00, but Salesforce accepts at most 00:03:00.")]
    public void What_is_missing_is_said_in_the_terms_of_Salesforce(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // The orgs of sandboxes have their own login host.
    private static string Login(EmulatedRequest request) =>
        request.Url.Contains("sandbox", StringComparison.Ordinal) || request.Url.Contains("//test.", StringComparison.Ordinal) ? "https://test.salesforce.com" : "https://login.salesforce.com";

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "Salesforce", ["ClientId"] = Key, ["Domain"] = "contoso.my.salesforce.com", ["Assertion"] = new JsonObject { ["Subject"] = User },
            ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem },
        },
        changes);
}
