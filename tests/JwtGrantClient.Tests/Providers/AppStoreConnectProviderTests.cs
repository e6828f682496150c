using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The tokens of the App Store Connect API, checked by the rules of https://developer.apple.com/documentation/appstoreconnectapi/generating-tokens-for-api-requests.
/// </summary>
public sealed class AppStoreConnectProviderTests : IDisposable
{
    private const string IssuerId = "57246542-96fe-1a63-e053-0824d011072a", KeyId = "2X9R4HXF34";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task A_team_key_signs_tokens_that_the_API_accepts() => Assert.Null(Refusal(await SignAsync(Settings()), isTeam: true));

    [Fact]
    public async Task An_individual_key_has_a_subject_and_no_issuer() => Assert.Null(Refusal(await SignAsync(Settings("""{ "IssuerId": null }""")), isTeam: false));

    [Theory]
    [InlineData(IssuerId)]
    [InlineData(null)]
    public async Task Code_needs_the_same(string? issuerId)
    {
        using var folder = new TemporaryFolder();
        var options = new JwtGrantOptions();
        options.UseAppStoreConnect(issuerId, KeyId, folder.Write("AuthKey_2X9R4HXF34.p8", _key.ExportPkcs8PrivateKeyPem()));
        await using var client = JwtGrantTokenSource.Create(options, timeProvider: _clock);

        var token = await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken);

        Assert.Null(Refusal(token.Value, isTeam: issuerId is not null));
        Assert.Equal(TestData.Moment.AddMinutes(15), token.ExpiresAt);
    }

    [Fact]
    public async Task A_restricted_token_has_a_list_of_requests()
    {
        var token = Jwt.Parse(await SignAsync(Settings("""{ "Assertion": { "Claims": { "scope": [ "GET /v1/apps" ] } } }""")));

        Assert.Equal("GET /v1/apps", Assert.Single(token.Payload.GetProperty("scope").EnumerateArray().ToList()).GetString());
    }

    [Theory]
    [InlineData("""{ "Assertion": { "Audience": "https://api.appstoreconnect.apple.com" } }""", "aud")]
    [InlineData("""{ "SigningKey": { "KeyId": "OTHER" } }""", "kid")]
    [InlineData("""{ "Assertion": { "Subject": "someone" } }""", "sub")]
    [InlineData("""{ "IssuerId": null }""", "iss")]
    public async Task Each_broken_rule_is_refused(string settings, string rule) => Assert.Equal(rule, Refusal(await SignAsync(Settings(settings)), isTeam: true));

    [Theory]
    [InlineData("""{ "IssuerId": "TEAM123456" }""", "IssuerId is 'TEAM123456', which is not a GUID. It is the Issuer ID (a GUID)")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the file AuthKey_KEYID.p8 of an API key")]
    [InlineData("""{ "SigningKey": { "KeyId": null } }""", "SigningKey:KeyId is missing; it is the Key ID of the API key")]
    [InlineData("""{ "ClientId": "57246542-96fe-1a63-e053-0824d011072a" }""", "ClientId is set, but App Store Connect does not know it. Set IssuerId")]
    [InlineData("""{ "Scope": "apps" }""", "Scope is set, but App Store Connect restricts a token by a list of requests")]
    [InlineData("""{ "Assertion": { "Lifetime": "00:30:00", "AllowLongLifetime": true } }""", "Assertion:Lifetime is 00:30:00, but App Store Connect accepts at most 00:20:00.")]
    public void What_is_missing_is_said_in_the_terms_of_App_Store_Connect(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    public void Dispose() => _key.Dispose();

    // Returns the rule that a token breaks; null if the API accepts it.
    private string? Refusal(string token, bool isTeam)
    {
        var jwt = Jwt.Parse(token);
        var end = token.LastIndexOf('.');
        var (issuedAt, expiresAt, now) = (jwt.Payload.GetProperty("iat").GetInt64(), jwt.Payload.GetProperty("exp").GetInt64(), _clock.GetUtcNow().ToUnixTimeSeconds());
        return Text(jwt.Header, "alg") != "ES256" ? "alg"
            : Text(jwt.Header, "typ") != "JWT" ? "typ"
            : Text(jwt.Header, "kid") != KeyId ? "kid"
            : !_key.VerifyData(Encoding.ASCII.GetBytes(token[..end]), Base64Url.DecodeFromChars(token.AsSpan(end + 1)), HashAlgorithmName.SHA256) ? "signature"
            : jwt["aud"] != "appstoreconnect-v1" ? "aud"
            : jwt["iss"] != (isTeam ? IssuerId : null) ? "iss"
            : jwt["sub"] != (isTeam ? null : "user") ? "sub"
            : issuedAt > now || expiresAt <= now || expiresAt - issuedAt > 1200 ? "exp"
            : null;
    }

    private static string? Text(JsonElement header, string name) => header.TryGetProperty(name, out var value) ? value.GetString() : null;

    private async Task<string> SignAsync(string settings)
    {
        var options = new JwtGrantOptions();
        OptionsBinding.Bind(ProviderClient.Section(settings), options);
        await using var client = JwtGrantTokenSource.Create(options, timeProvider: _clock);
        return (await client.GetTokenAsync(TokenRequest.Default, TestContext.Current.CancellationToken)).Value;
    }

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "AppStoreConnect", ["IssuerId"] = IssuerId,
            ["SigningKey"] = new JsonObject { ["Text"] = _key.ExportPkcs8PrivateKeyPem(), ["KeyId"] = KeyId },
        },
        changes);
}
