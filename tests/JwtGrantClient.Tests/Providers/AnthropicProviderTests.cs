using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The token endpoint of Anthropic, emulated from https://platform.claude.com/docs/en/manage-claude/wif-reference.</summary>
public sealed class AnthropicProviderTests : IDisposable
{
    private const string Rule = "fdrl_01", Organization = "1f0c2c52-8c2a-4b58-9d0b-2a5a5a1c0e11", Account = "svac_01", Issuer = "https://cluster.example.com";

    private static readonly string[] Required = ["grant_type", "assertion", "federation_rule_id", "organization_id", "service_account_id"];

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly TemporaryFolder _folder = new();
    private readonly HashSet<string> _ids = [];
    private readonly ProviderEmulator _anthropic;
    private readonly ProviderClient _client;
    private readonly string _tokenFile;

    public AnthropicProviderTests()
    {
        _client = new(_clock);
        _tokenFile = _folder.Write("token", Token("1"));
        _anthropic = new(server: null,
            new("the path of the token endpoint", request => request.Url != "https://api.anthropic.com/v1/oauth/token", Error("not_found_error", "Not found", 404)),
            new("the header of workload identity federation", request => request.Header("anthropic-beta")?.Contains("oidc-federation-2026-04-01", StringComparison.Ordinal) != true,
                Error("invalid_request_error", "Unsupported grant type", 400)),
            new("a JSON object with the fields", request => request.Json is null || Required.Any(name => request.Json[name] is null), Error("invalid_request_error", "Field required", 400)),
            new("a workspace, if the rule has several", request => Field(request, "federation_rule_id") == "fdrl_several" && request.Json!["workspace_id"] is null,
                Error("invalid_request_error", "workspace_id is required", 400)),
            new("the service account may use the workspace", request => Field(request, "workspace_id") == "wrkspc_other", Error("permission_error", "Service account is not a member of the workspace", 403)),
            new("the rule matches the token", request => (Field(request, "federation_rule_id"), Field(request, "organization_id"), Field(request, "service_account_id")) is not ("fdrl_01" or "fdrl_several", Organization, Account),
                Denied),
            new("the issuer and the audience", request => Assertion(request) is var token && (token["iss"] != Issuer || token["aud"] != "https://api.anthropic.com"), Denied),
            new("a jti is exchanged once", request => !_ids.Add(Assertion(request)["jti"]!), Denied))
        {
            Respond = _ => new(200, """{ "access_token": "sk-ant-oat01-token", "token_type": "Bearer", "expires_in": 3600, "scope": "workspace:developer" }"""),
        };
    }

    // Every denial is the same.
    private static EmulatedResponse Denied => Error("authentication_error", "Authentication failed", 401);

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "FederationRuleId": "fdrl_02" }""", "Anthropic denies each of these in the same words" },
        { """{ "OrganizationId": "00000000-0000-0000-0000-000000000000" }""", "Anthropic denies each of these in the same words" },
        { """{ "ServiceAccountId": "svac_02" }""", "Anthropic denies each of these in the same words" },
        { """{ "FederationRuleId": "fdrl_several" }""", "A field of the request is missing or malformed, or the request is not JSON: leave RequestEncoding at Json. Check FederationRuleId (fdrl_...)" },
        { """{ "WorkspaceId": "wrkspc_other" }""", "The service account may not use the workspace" },
        { """{ "RequestEncoding": "Form" }""", "A field of the request is missing or malformed, or the request is not JSON: leave RequestEncoding at Json." },
        { """{ "Headers": { "anthropic-beta": "oauth-2025-04-20" } }""", "Anthropic does not take the request as one of workload identity federation." },
        { """{ "TokenEndpoint": "https://api.anthropic.com/oauth/token" }""", "There is no token endpoint at this address." },
    };

    [Fact]
    public async Task The_ids_and_a_token_file_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings("""{ "WorkspaceId": "wrkspc_01" }"""), _anthropic.CreateHandler());

        Assert.Equal(("sk-ant-oat01-token", TestData.Moment.AddHours(1)), (token.Value, token.ExpiresAt));
        var request = Assert.Single(_anthropic.Requests).Json!;
        Assert.Equal([.. Required, "workspace_id"], request.Select(member => member.Key));
        Assert.Equal((Token("1"), "wrkspc_01"), (request["assertion"]!.GetValue<string>(), request["workspace_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        await _client.GetTokenAsync(options => options.UseAnthropic(Rule, Organization, Account, _tokenFile), _anthropic.CreateHandler());

        Assert.Equal(Required, Assert.Single(_anthropic.Requests).Json!.Select(member => member.Key));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _anthropic.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_token_file_that_was_not_replaced_is_named_and_not_sent_again()
    {
        await _client.GetTokenAsync(Settings(), _anthropic.CreateHandler());

        var advice = await _client.FailAsync(Settings(), _anthropic.CreateHandler());
        _folder.Write("token", Token("2"));
        await _client.GetTokenAsync(Settings(), _anthropic.CreateHandler());

        Assert.Contains("or its jti was exchanged before", advice, StringComparison.Ordinal);
        Assert.Equal(3, _anthropic.Requests.Count);
    }

    [Fact]
    public async Task The_issuer_of_the_token_is_shown()
    {
        _folder.Write("token", Token("3", issuer: "https://other.example.com"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), _anthropic.CreateHandler()));

        Assert.Contains("iss 'https://other.example.com'", error.Message, StringComparison.Ordinal);
        Assert.Equal("authentication_error", error.Error);
    }

    [Theory]
    [InlineData("""{ "FederationRuleId": null }""", "FederationRuleId is missing; it is the ID of the federation rule, fdrl_..., from the Claude Console.")]
    [InlineData("""{ "FederationRuleId": "svac_01" }""", "FederationRuleId is 'svac_01', which does not begin with fdrl_.")]
    [InlineData("""{ "OrganizationId": "acme" }""", "OrganizationId is 'acme', which is not a UUID.")]
    [InlineData("""{ "WorkspaceId": "acme" }""", "WorkspaceId is 'acme', which does not begin with wrkspc_.")]
    [InlineData("""{ "Assertion": null }""", "Assertion:TokenFile is missing; it is the path of the file in which the platform")]
    public void What_is_missing_is_said_in_the_terms_of_Anthropic(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    private static EmulatedResponse Error(string type, string message, int status) =>
        new(status, new JsonObject { ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = message } }.ToJsonString());

    private static string? Field(EmulatedRequest request, string name) => request.Json![name]?.GetValue<string>();

    private static Jwt Assertion(EmulatedRequest request) => Jwt.Parse(Field(request, "assertion")!);

    private static string Token(string id, string issuer = Issuer) => Jwt.CreateFake(
        """{"alg":"RS256","kid":"k"}""",
        $$"""{"iss":"{{issuer}}","sub":"system:serviceaccount:prod:batch","aud":"https://api.anthropic.com","jti":"{{id}}","iat":{{TestData.Moment.ToUnixTimeSeconds()}},"exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}}}""");

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "Anthropic", ["FederationRuleId"] = Rule, ["OrganizationId"] = Organization, ["ServiceAccountId"] = Account, ["Assertion"] = new JsonObject { ["TokenFile"] = _tokenFile },
        },
        changes);
}
