using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The provider GoogleSelfSigned at an emulated API of Google. There is no server that refuses the JWTs when they are signed.</summary>
public sealed class GoogleSelfSignedProviderTests : IDisposable
{
    private static readonly string KeyFile = GoogleTokenEndpoint.KeyFile(TestData.RsaPrivatePem);

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly ProviderEmulator _api;
    private readonly ProviderClient _client;
    private readonly HttpClient _http;

    public GoogleSelfSignedProviderTests()
    {
        _client = new(_clock);
        _api = GoogleApi.Create(_clock, TestData.RsaKey);
        _http = new(_api.CreateHandler());
    }

    [Fact]
    public async Task The_key_file_and_a_scope_make_a_JWT_that_an_API_accepts()
    {
        var token = await GetAsync("{}");

        var jwt = Jwt.Parse(token.Value);
        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"g-1"}""", jwt.Header.GetRawText());
        Assert.Equal((GoogleTokenEndpoint.Email, GoogleApi.Scope, null, null), (jwt["sub"], jwt["scope"], jwt["aud"], jwt["jti"]));
        await AssertAcceptedAsync(token);
    }

    [Fact]
    public async Task A_JWT_for_one_API_has_its_address_and_no_scope()
    {
        var token = await GetAsync("""{ "Scope": null, "Assertion": { "Audience": "https://pubsub.googleapis.com/" } }""");

        Assert.Equal((GoogleApi.Host, null), (Jwt.Parse(token.Value)["aud"], Jwt.Parse(token.Value)["scope"]));
        await AssertAcceptedAsync(token);
    }

    [Theory]
    [InlineData("""{ "Scope": "https://www.googleapis.com/auth/devstorage.read_only" }""", "the scope is one of the API")]
    [InlineData("""{ "Scope": null, "Assertion": { "Audience": "https://storage.googleapis.com/" } }""", "aud is the API")]
    [InlineData("""{ "Assertion": { "Issuer": "other@project.iam.gserviceaccount.com" } }""", "iss and sub are the account")]
    [InlineData("""{ "Assertion": { "Subject": "user@example.com" } }""", "iss and sub are the account")]
    [InlineData("""{ "SigningKey": { "KeyId": "other" } }""", "alg is RS256 and kid that of the key")]
    public async Task An_API_refuses_a_JWT_that_breaks_a_rule(string settings, string rule)
    {
        using var response = await CallAsync(await GetAsync(settings));

        Assert.Equal((false, rule), (response.IsSuccessStatusCode, _api.BrokenRule));
    }

    [Fact]
    public async Task An_API_refuses_a_JWT_after_its_expiry()
    {
        var token = await GetAsync("{}");
        _clock.Advance(TimeSpan.FromMinutes(62));

        using var response = await CallAsync(token);

        Assert.Equal((System.Net.HttpStatusCode.Unauthorized, "at most 1 h, and valid now"), (response.StatusCode, _api.BrokenRule));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("sa.json", KeyFile);
        using var handler = new StubHandler(_ => throw new NotSupportedException());

        var token = await _client.GetTokenAsync(options => options.UseGoogleSelfSigned(path, GoogleApi.Scope), handler);

        Assert.Equal((GoogleApi.Scope, 0), (Jwt.Parse(token.Value)["scope"], handler.Calls));
        await AssertAcceptedAsync(token);
    }

    [Theory]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the OAuth scopes of the Google APIs")]
    [InlineData("""{ "Assertion": { "Audience": "https://pubsub.googleapis.com/" } }""", "Scope and Assertion:Audience are both set, and Google accepts a self-signed JWT with one of them only.")]
    [InlineData("""{ "Scope": null, "Assertion": { "Audience": "https://pubsub.googleapis.com" } }""", "Assertion:Audience is 'https://pubsub.googleapis.com'; expected the https address of an API with a slash at its end")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the JSON key file of the service account")]
    public void What_is_missing_is_said_in_the_terms_of_Google(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    public void Dispose() => _http.Dispose();

    private async Task AssertAcceptedAsync(AccessToken token)
    {
        using var response = await CallAsync(token);
        Assert.Equal((System.Net.HttpStatusCode.OK, null), (response.StatusCode, _api.BrokenRule));
    }

    private async Task<HttpResponseMessage> CallAsync(AccessToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, GoogleApi.Url) { Headers = { Authorization = new("Bearer", token.Value) } };
        return await _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<AccessToken> GetAsync(string changes)
    {
        using var handler = new StubHandler(_ => throw new NotSupportedException());
        return await _client.GetTokenAsync(Settings(changes), handler);
    }

    private static string Settings(string changes) => ProviderClient.Change(
        new() { ["Provider"] = "GoogleSelfSigned", ["SigningKey"] = new JsonObject { ["Text"] = KeyFile }, ["Scope"] = GoogleApi.Scope }, changes);
}
