using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// DocuSign's token endpoint, emulated from https://developers.docusign.com/platform/auth/jwt/jwt-get-token/. Its audience is no URL, so the strict server
/// cannot be behind it.
/// </summary>
public sealed class DocuSignProviderTests
{
    private const string Key = "1b2c3d4e-0000-4000-8000-000000000001", User = "1b2c3d4e-0000-4000-8000-000000000002", OtherUser = "1b2c3d4e-0000-4000-8000-000000000003";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly ProviderEmulator _docuSign;
    private readonly ProviderClient _client;

    public DocuSignProviderTests()
    {
        _client = new(_clock);
        _docuSign = new(server: null,
            new("grant_type is jwt-bearer", request => request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer", EmulatedResponse.OAuth("unsupported_grant_type", "unsupported_grant_type")),
            new("aud is the host", request => request.Assertion!["aud"] != new Uri(request.Url).Host, EmulatedResponse.OAuth("invalid_grant", "issuer_not_found")),
            new("the integration key exists", request => request.Assertion!["iss"] != Key, EmulatedResponse.OAuth("invalid_grant", "issuer_not_found")),
            new("the key signs", request => !IsSigned(request.Form["assertion"]!), EmulatedResponse.OAuth("invalid_grant", "no_valid_keys_or_signatures")),
            new("it is not expired", request => request.Assertion!.Payload.GetProperty("exp").GetInt64() <= _clock.GetUtcNow().ToUnixTimeSeconds(), EmulatedResponse.OAuth("invalid_grant", "expired_jwt")),
            new("the user exists", request => request.Assertion!["sub"] is not (User or OtherUser), EmulatedResponse.OAuth("invalid_grant", "user_not_found")),
            new("the user consented", request => request.Assertion!["sub"] != User || request.Assertion["scope"] != "signature impersonation", new(400, """{"error":"consent_required"}""")))
        {
            Respond = request => new(200, new JsonObject
            {
                ["access_token"] = "eyJ0eXAi.docusign.token", ["token_type"] = "Bearer", ["expires_in"] = 3600, ["scope"] = request.Assertion!["scope"],
            }.ToJsonString()),
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "Assertion": { "Audience": "https://account-d.docusign.com" } }""", "There is no such integration key (iss below) in this environment, or aud is that of the other environment." },
        { """{ "Assertion": { "Audience": "account.docusign.com" } }""", "There is no such integration key (iss below) in this environment" },
        { """{ "ClientId": "1b2c3d4e-0000-4000-8000-00000000000f" }""", "There is no such integration key (iss below) in this environment" },
        { """{ "UserId": "1b2c3d4e-0000-4000-8000-00000000000f" }""", "There is no user with the User ID in sub in this environment." },
        { $$"""{ "UserId": "{{OtherUser}}" }""", "The user in sub has not consented to these scopes." },
        { """{ "Scope": "signature impersonation click.manage" }""", "The user in sub has not consented to these scopes." },
    };

    [Theory]
    [InlineData("Demo", "account-d.docusign.com")]
    [InlineData("production", "account.docusign.com")]
    public async Task An_environment_two_ids_and_a_key_are_all_that_the_configuration_needs(string environment, string host)
    {
        var token = await _client.GetTokenAsync(Settings($$"""{ "Environment": "{{environment}}" }"""), _docuSign.CreateHandler());

        Assert.Equal(TestData.Moment.AddHours(1), token.ExpiresAt);
        var request = Assert.Single(_docuSign.Requests);
        Assert.Equal($"https://{host}/oauth/token", request.Url);
        Assert.Equal(["grant_type", "assertion"], request.Form.AllKeys);
        Assert.Equal((Key, User, host, "signature impersonation"), (request.Assertion!["iss"], request.Assertion["sub"], request.Assertion["aud"], request.Assertion["scope"]));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("docusign.pem", TestData.RsaPrivatePem);

        await _client.GetTokenAsync(options => options.UseDocuSign("Demo", Key, User, path), _docuSign.CreateHandler());

        Assert.Single(_docuSign.Requests);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _docuSign.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "RedirectUri": "https://www.example.com/consented?x=1" }""", "redirect_uri=https%3A%2F%2Fwww.example.com%2Fconsented%3Fx%3D1 .")]
    [InlineData("{}", "redirect_uri={a redirect URI of the integration key} .")]
    public async Task The_error_has_the_address_of_the_consent_page(string settings, string end)
    {
        var changes = ProviderClient.Change(new() { ["UserId"] = OtherUser }, settings);

        var advice = await _client.FailAsync(Settings(changes), _docuSign.CreateHandler());

        Assert.Contains($"https://account-d.docusign.com/oauth/auth?response_type=code&scope=signature%20impersonation&client_id={Key}&{end}", advice, StringComparison.Ordinal);
        Assert.Single(_docuSign.Requests);
    }

    [Fact]
    public async Task A_refusal_without_a_reason_names_what_the_configuration_changed()
    {
        using var handler = new StubHandler(_ => new EmulatedResponse(400, """{"error":"invalid_grant"}""").ToMessage());

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings("""{ "Assertion": { "Audience": "https://account-d.docusign.com" } }"""), handler));

        Assert.Contains("aud is the host of the environment without https://", error.FirstLine(), StringComparison.Ordinal);
        Assert.Contains("\nThe configuration replaces defaults of the provider DocuSign: Assertion:Audience.\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_another_app_is_named()
    {
        using var other = RSA.Create(2048);
        var changes = new JsonObject { ["SigningKey"] = new JsonObject { ["Text"] = other.ExportPkcs8PrivateKeyPem() } }.ToJsonString();

        Assert.Contains("The key is not one of the integration key.", await _client.FailAsync(Settings(changes), _docuSign.CreateHandler()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "Environment": null }""", "Environment is missing; it is Demo for a developer account (account-d.docusign.com), or Production")]
    [InlineData("""{ "Environment": "Sandbox" }""", "Environment is 'Sandbox', which is neither Demo nor Production.")]
    [InlineData("""{ "UserId": null }""", "UserId is missing; it is the User ID (a GUID) of the user that the application acts as")]
    [InlineData("""{ "UserId": "user" }""", "UserId is 'user', which is not a GUID.")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the integration key of the app, from Apps and Keys.")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the RSA private key of the integration key")]
    [InlineData("""{ "ScopePlacement": "Parameter" }""", "ScopePlacement is Parameter, but DocuSign reads the scope from a claim with spaces.")]
    [InlineData("""{ "Scope": "signature" }""", "Scope does not contain impersonation, without which DocuSign issues no token for an assertion")]
    [InlineData("""{ "SigningKey": { "Algorithm": "PS256" } }""", "SigningKey:Algorithm is PS256, but DocuSign accepts RS256.")]
    public void What_is_missing_is_said_in_the_terms_of_DocuSign(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    private static bool IsSigned(string assertion)
    {
        var end = assertion.LastIndexOf('.');
        return TestData.RsaKey.VerifyData(
            Encoding.ASCII.GetBytes(assertion[..end]), Base64Url.DecodeFromChars(assertion.AsSpan(end + 1)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "DocuSign", ["Environment"] = "Demo", ["ClientId"] = Key, ["UserId"] = User,
            ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem },
        },
        changes);
}
