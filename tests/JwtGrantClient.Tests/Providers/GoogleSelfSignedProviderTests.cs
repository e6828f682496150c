using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers;

/// <summary>JWTs that Google APIs accept as access tokens (https://google.aip.dev/auth/4111). There is no server that refuses them when they are signed.</summary>
public sealed class GoogleSelfSignedProviderTests
{
    private const string Scope = "https://www.googleapis.com/auth/pubsub", Email = "batch@project.iam.gserviceaccount.com";

    private static readonly string KeyFile = JsonSerializer.Serialize(new { type = "service_account", private_key_id = "g-1", private_key = TestData.RsaPrivatePem, client_email = Email });

    private readonly ProviderClient _client = new(new(TestData.Moment));

    [Fact]
    public async Task A_JWT_has_the_account_and_the_scope_and_no_audience()
    {
        var jwt = Jwt.Parse((await GetAsync("{}")).Value);

        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"g-1"}""", jwt.Header.GetRawText());
        Assert.Equal((Email, Email, Scope, null, null), (jwt["iss"], jwt["sub"], jwt["scope"], jwt["aud"], jwt["jti"]));
        Assert.Equal(3600, EmulatedRequest.Lifetime(jwt));
    }

    [Fact]
    public async Task A_JWT_for_one_API_has_its_address_and_no_scope()
    {
        var jwt = Jwt.Parse((await GetAsync("""{ "Scope": null, "Assertion": { "Audience": "https://pubsub.googleapis.com/" } }""")).Value);

        Assert.Equal(("https://pubsub.googleapis.com/", null), (jwt["aud"], jwt["scope"]));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("sa.json", KeyFile);
        using var handler = new StubHandler(_ => throw new NotSupportedException());

        var jwt = Jwt.Parse((await _client.GetTokenAsync(options => options.UseGoogleSelfSigned(path, Scope), handler)).Value);

        Assert.Equal((Scope, 0), (jwt["scope"], handler.Calls));
    }

    [Theory]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the OAuth scopes of the Google APIs")]
    [InlineData("""{ "Assertion": { "Audience": "https://pubsub.googleapis.com/" } }""", "Scope and Assertion:Audience are both set, and Google accepts a self-signed JWT with one of them only.")]
    [InlineData("""{ "Scope": null, "Assertion": { "Audience": "https://pubsub.googleapis.com" } }""", "Assertion:Audience is 'https://pubsub.googleapis.com'; expected the https address of an API with a slash at its end")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the JSON key file of the service account")]
    public void What_is_missing_is_said_in_the_terms_of_Google(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    private async Task<AccessToken> GetAsync(string changes)
    {
        using var handler = new StubHandler(_ => throw new NotSupportedException());
        return await _client.GetTokenAsync(Settings(changes), handler);
    }

    private static string Settings(string changes) => ProviderClient.Change(
        new() { ["Provider"] = "GoogleSelfSigned", ["SigningKey"] = new JsonObject { ["Text"] = KeyFile }, ["Scope"] = Scope }, changes);
}
