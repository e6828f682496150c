using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The token endpoint of OpenAI, emulated from https://developers.openai.com/api/reference/workload-identity-federation.</summary>
public sealed class OpenAIProviderTests : IDisposable
{
    private const string IdentityProvider = "wip_01", Account = "sa_01", Issuer = "https://cluster.example.com";

    private static readonly string[] Fields = ["grant_type", "subject_token", "subject_token_type", "identity_provider_id", "service_account_id"];

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly TemporaryFolder _folder = new();
    private readonly ProviderEmulator _openAI;
    private readonly ProviderClient _client;
    private readonly string _tokenFile;

    public OpenAIProviderTests()
    {
        _client = new(_clock);
        _tokenFile = _folder.Write("token", Token());
        _openAI = new(server: null,
            new("the path of the token endpoint", request => request.Url != "https://auth.openai.com/oauth/token", new(404, "")),
            new("a JSON object with the fields", request => request.Json is null || Fields.Any(name => request.Json[name] is null), EmulatedResponse.OAuth("invalid_request", "Missing required parameter")),
            new("a token exchange", request => Field(request, "grant_type") != "urn:ietf:params:oauth:grant-type:token-exchange", EmulatedResponse.OAuth("unsupported_grant_type", "Unsupported grant type")),
            new("the identity provider exists", request => Field(request, "identity_provider_id") != IdentityProvider, EmulatedResponse.OAuth("invalid_grant", "Invalid subject token", 401)),
            new("the token has kid and the claims", request => SubjectToken(request) is var token && (!token.Header.TryGetProperty("kid", out _) || token["iat"] is null || token["sub"] is null),
                new(401, """{ "error": { "message": "Invalid subject token", "code": "invalid_subject_token" } }""")),
            new("the issuer", request => SubjectToken(request)["iss"] != Issuer, EmulatedResponse.OAuth("invalid_grant", "Subject token issuer does not match the identity provider", 401)),
            new("the audience", request => SubjectToken(request)["aud"] != "https://api.openai.com/v1", EmulatedResponse.OAuth("invalid_grant", "Subject token audience does not match the identity provider", 401)),
            new("a mapping to the service account", request => Field(request, "service_account_id") != Account, EmulatedResponse.OAuth("access_denied", "No matching service account mapping", 403)))
        {
            Respond = request => new(200, new JsonObject
            {
                ["access_token"] = "token", ["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token", ["token_type"] = "Bearer", ["expires_in"] = 1800,
                ["expires_at"] = SubjectToken(request).Payload.GetProperty("exp").GetInt64(),
            }.ToJsonString()),
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "IdentityProviderId": "wip_02" }""", "OpenAI does not accept the token, or the workload identity provider is unknown or disabled" },
        { """{ "ServiceAccountId": "sa_02" }""", "No mapping of the workload identity provider matches the token." },
        { """{ "RequestEncoding": "Form" }""", "A field of the request is missing or malformed" },
    };

    [Fact]
    public async Task The_ids_and_a_token_file_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _openAI.CreateHandler());

        Assert.Equal(TestData.Moment.AddMinutes(30), token.ExpiresAt);
        Assert.Equal(TestData.Moment.AddHours(1).ToUnixTimeSeconds(), token.Members["expires_at"].GetInt64());
        var request = Assert.Single(_openAI.Requests).Json!;
        Assert.Equal(Fields, request.Select(member => member.Key));
        Assert.Equal((Token(), "urn:ietf:params:oauth:token-type:jwt"), (request["subject_token"]!.GetValue<string>(), request["subject_token_type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        await _client.GetTokenAsync(options => options.UseOpenAI(IdentityProvider, Account, _tokenFile), _openAI.CreateHandler());

        Assert.Single(_openAI.Requests);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _openAI.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://other.example.com", "https://api.openai.com/v1", "The issuer of the token (iss below) is not the one of the workload identity provider.")]
    [InlineData(Issuer, "api://other", "The audience of the token (aud below) is not the one of the workload identity provider.")]
    public async Task A_token_that_does_not_fit_the_identity_provider_is_named(string issuer, string audience, string advice)
    {
        _folder.Write("token", Token(issuer, audience));

        Assert.Contains(advice, await _client.FailAsync(Settings(), _openAI.CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_without_kid_is_named_also_in_an_error_that_is_an_object()
    {
        _folder.Write("token", Token(header: """{"alg":"RS256"}"""));

        Assert.Contains("401 invalid_subject_token", await _client.FailAsync(Settings(), _openAI.CreateHandler()), StringComparison.Ordinal);
        Assert.Contains("Its header has kid and alg", await _client.FailAsync(Settings(), _openAI.CreateHandler()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("subject_token signature is invalid", "OpenAI does not have the key that signed the token (kid below)")]
    [InlineData("subject_token is missing kid", "OpenAI finds the key of the token by kid, which is missing in its header")]
    public async Task A_key_that_OpenAI_does_not_have_is_named(string description, string advice)
    {
        using var handler = new StubHandler(_ => EmulatedResponse.OAuth("invalid_grant", description).ToMessage());

        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(), handler), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "IdentityProviderId": null }""", "IdentityProviderId is missing; it is the ID of the workload identity provider")]
    [InlineData("""{ "ServiceAccountId": null }""", "ServiceAccountId is missing; it is the ID of the service account that the tokens are for")]
    [InlineData("""{ "TokenExchange": { "SubjectTokenType": "urn:ietf:params:oauth:token-type:access_token" } }""", "TokenExchange:SubjectTokenType is 'urn:ietf:params:oauth:token-type:access_token', but OpenAI accepts")]
    [InlineData("""{ "TokenExchange": null }""", "TokenExchange:SubjectTokenFile is missing; it is the path of the file in which the platform")]
    public void What_is_missing_is_said_in_the_terms_of_OpenAI(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    private static string? Field(EmulatedRequest request, string name) => request.Json![name]?.GetValue<string>();

    private static Jwt SubjectToken(EmulatedRequest request) => Jwt.Parse(Field(request, "subject_token")!);

    private static string Token(string issuer = Issuer, string audience = "https://api.openai.com/v1", string header = """{"alg":"RS256","kid":"k"}""") => Jwt.CreateFake(
        header,
        $$"""{"iss":"{{issuer}}","sub":"system:serviceaccount:prod:batch","aud":"{{audience}}","iat":{{TestData.Moment.ToUnixTimeSeconds()}},"exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}}}""");

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "OpenAI", ["IdentityProviderId"] = IdentityProvider, ["ServiceAccountId"] = Account, ["TokenExchange"] = new JsonObject { ["SubjectTokenFile"] = _tokenFile },
        },
        changes);
}
