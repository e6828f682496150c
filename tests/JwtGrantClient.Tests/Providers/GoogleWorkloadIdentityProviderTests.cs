using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The Security Token Service and IAM generateAccessToken, emulated from https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token and
/// https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken.
/// </summary>
public sealed class GoogleWorkloadIdentityProviderTests : IDisposable
{
    private const string Provider = "projects/123456789/locations/global/workloadIdentityPools/clusters/providers/prod", Account = "batch@project.iam.gserviceaccount.com";
    private const string Sts = "https://sts.googleapis.com/v1/token", Generate = $"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{Account}:generateAccessToken";
    private const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ObservedTime _clock = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ProviderEmulator _google;
    private readonly ProviderClient _client;
    private readonly string _tokenFile;

    public GoogleWorkloadIdentityProviderTests()
    {
        _client = new(_clock);
        _tokenFile = _folder.Write("token.jwt", Jwt.CreateFake(TestData.Moment.AddHours(1)));
        _google = new(server: null,
            new("the URL", request => request.Url != Sts && !request.Url.EndsWith(":generateAccessToken", StringComparison.Ordinal), new(404, "Not found")),
            new("no Authorization header at STS", request => request.Url == Sts && request.Authorization is not null, EmulatedResponse.OAuth("invalid_request", "Authorization header")),
            new("grant type, token types and scope", request => request.Url == Sts && (request.Form["grant_type"] != "urn:ietf:params:oauth:grant-type:token-exchange" || request.Form["requested_token_type"] != "urn:ietf:params:oauth:token-type:access_token" || request.Form["scope"] is null),
                EmulatedResponse.OAuth("invalid_request", "A required parameter is missing")),
            new("the subject token type", request => request.Url == Sts && request.Form["subject_token_type"] != "urn:ietf:params:oauth:token-type:jwt", EmulatedResponse.OAuth("invalid_request", "Invalid value for \"subject_token_type\"")),
            new("the provider exists", request => request.Url == Sts && request.Form["audience"] != $"//iam.googleapis.com/{Provider}",
                EmulatedResponse.OAuth("invalid_target", "The target service indicated by the \"audience\" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn't exist.")),
            new("the federated token", request => request.Url != Sts && request.Authorization != "Bearer federated-1", Google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")),
            new("the service account", request => request.Url != Sts && request.Url != Generate, Google(403, "PERMISSION_DENIED", "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).")),
            new("scope is an array and lifetime a duration", request => request.Url != Sts && (request.Json!["scope"] is not JsonArray { Count: > 0 } || request.Json["lifetime"]?.ToString().EndsWith('s') != true),
                Google(400, "INVALID_ARGUMENT", "Request contains an invalid argument.")))
        {
            Respond = request => request.Url == Sts
                ? new(200, """{"access_token":"federated-1","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}""")
                : new(200, """{"accessToken":"ya29.account","expireTime":"2026-11-23T10:00:00.123456789Z"}"""),
        };
    }

    [Fact]
    public async Task Without_a_service_account_the_federated_token_is_the_token()
    {
        var token = await _client.GetTokenAsync(Settings("""{ "ServiceAccount": null }"""), _google.CreateHandler());

        Assert.Equal(("federated-1", 1), (token.Value, _google.Requests.Count));
        Assert.Equal((CloudPlatform, null), (_google.Requests[0].Form["scope"], _google.Requests[0].Form["client_id"]));
    }

    [Fact]
    public async Task With_a_service_account_the_federated_token_is_exchanged_for_its_token()
    {
        var token = await _client.GetTokenAsync(Settings("""{ "Scope": "https://www.googleapis.com/auth/devstorage.read_only openid" }"""), _google.CreateHandler());

        Assert.Equal(("ya29.account", TestData.Moment.AddHours(1)), (token.Value, token.ExpiresAt.AddTicks(-token.ExpiresAt.Ticks % TimeSpan.TicksPerSecond)));
        Assert.Equal(CloudPlatform, _google.Requests[0].Form["scope"]);
        Assert.Equal("""{"lifetime":"3600s","scope":["https://www.googleapis.com/auth/devstorage.read_only","openid"]}""", _google.Requests[1].Body);
    }

    [Fact]
    public async Task A_scope_of_a_token_request_is_that_of_the_last_step()
    {
        await _client.GetTokenAsync(Settings(), _google.CreateHandler(), new() { Scope = "openid" });

        Assert.Equal((CloudPlatform, """["openid"]"""), (_google.Requests[0].Form["scope"], _google.Requests[1].Json!["scope"]!.ToJsonString()));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        await _client.GetTokenAsync(options => options.UseGoogleWorkloadIdentity(Provider, _tokenFile, Account), _google.CreateHandler());

        Assert.Equal([Sts, Generate], _google.Requests.Select(request => request.Url));
    }

    [Fact]
    public async Task The_file_of_gcloud_is_used_as_it_is()
    {
        var path = _folder.Write("credentials.json", ExternalAccount());

        var token = await _client.GetTokenAsync(options => options.UseGoogleCredentialFile(path), _google.CreateHandler());

        Assert.Equal("ya29.account", token.Value);
        Assert.Equal("1800s", _google.Requests[1].Json!["lifetime"]!.ToString());
    }

    [Theory]
    [InlineData("""{ "token_url": "https://sts.example.com/v1/token" }""", "CredentialFile: token_url is not an https URL of googleapis.com.")]
    [InlineData("""{ "token_url": "https://googleapis.com.example.com/token" }""", "CredentialFile: token_url is not an https URL of googleapis.com.")]
    [InlineData("""{ "service_account_impersonation_url": "http://iamcredentials.googleapis.com/x:generateAccessToken" }""", "CredentialFile: service_account_impersonation_url is not an https URL")]
    [InlineData("""{ "type": "service_account" }""", "CredentialFile: the file is not of the type external_account. For the key of a service account, use the provider GoogleServiceAccount.")]
    [InlineData("""{ "audience": null }""", "CredentialFile: the file has no audience.")]
    [InlineData("""{ "credential_source": { "url": "http://169.254.169.254/token" } }""", "CredentialFile has a credential_source that is not a text file")]
    [InlineData("""{ "credential_source": { "format": { "type": "json", "subject_token_field_name": "token" } } }""", "CredentialFile has a credential_source that is not a text file")]
    public void A_file_that_cannot_be_used_is_a_problem(string changes, string problem)
    {
        var file = JsonNode.Parse(ExternalAccount())!.AsObject();
        if (changes.Contains("\"url\"", StringComparison.Ordinal))
            file["credential_source"] = null;
        var path = _folder.Write("credentials.json", ProviderClient.Change(file, changes));

        var problems = ProviderClient.Problems(JsonSerializer.Serialize(new { Provider = "GoogleWorkloadIdentity", CredentialFile = path }));

        Assert.Contains(problems, found => found.StartsWith(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_gcloud_that_does_not_exist_is_the_only_problem() => Assert.StartsWith(
        "CredentialFile: The credential file 'missing.json' does not exist",
        Assert.Single(ProviderClient.Problems("""{ "Provider": "GoogleWorkloadIdentity", "CredentialFile": "missing.json" }""")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "WorkloadIdentityProvider": "projects/1/locations/global/workloadIdentityPools/clusters/providers/other" }""", "There is no such provider of a workload identity pool")]
    [InlineData("""{ "TokenExchange": { "SubjectTokenType": "urn:ietf:params:oauth:token-type:id_token" } }""", "The token is not of the type in TokenExchange:SubjectTokenType.")]
    [InlineData("""{ "ServiceAccount": "other@project.iam.gserviceaccount.com" }""", "The federated identity may not act as the service account. Give the principal of the pool")]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _google.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("ID Token issued at 1796144898 is stale to sign-in.", "The token has expired, has no iat or exp, or was issued in the future.")]
    [InlineData("Unable to verify the ID Token signature.", "The signature of the token does not fit the keys of its issuer.")]
    [InlineData("Error connecting to the given credential's issuer.", "Google cannot read the keys of the issuer, or they do not contain the kid of the token (below).")]
    [InlineData("The issuer in ID Token https://a.example does not match the expected ones: https://b.example", "The iss of the token is not the issuer of the provider of the pool.")]
    public async Task A_token_of_the_platform_that_is_refused_is_explained(string text, string advice) => Assert.Contains(
        $"). {advice}", await _client.FailAsync(Settings(), ProviderEmulator.Refusing(EmulatedResponse.OAuth("invalid_grant", text)).CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_token_type_that_Google_names_in_its_JSON_spelling_is_explained() => Assert.Contains(
        "The token is not of the type in TokenExchange:SubjectTokenType.",
        await _client.FailAsync(Settings(), ProviderEmulator.Refusing(EmulatedResponse.OAuth("invalid_request", "Invalid value for \"subjectTokenType\".")).CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "WorkloadIdentityProvider": null }""", "WorkloadIdentityProvider is missing; it is the provider of the workload identity pool")]
    [InlineData("""{ "WorkloadIdentityProvider": "projects/my-project/locations/global/workloadIdentityPools/a/providers/b" }""", "WorkloadIdentityProvider is ")]
    [InlineData("""{ "ServiceAccount": "batch" }""", "ServiceAccount is ")]
    [InlineData("""{ "CredentialFile": "missing.json" }""", "CredentialFile: The credential file 'missing.json' ")]
    public void What_is_missing_is_said_in_the_terms_of_Google(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    private static EmulatedResponse Google(int code, string status, string message) =>
        new(code, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status } }.ToJsonString());

    private string ExternalAccount() => JsonSerializer.Serialize(new
    {
        type = "external_account",
        audience = $"//iam.googleapis.com/{Provider}",
        subject_token_type = "urn:ietf:params:oauth:token-type:jwt",
        token_url = Sts,
        service_account_impersonation_url = Generate,
        service_account_impersonation = new { token_lifetime_seconds = 1800 },
        credential_source = new { file = _tokenFile },
    });

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "GoogleWorkloadIdentity", ["WorkloadIdentityProvider"] = Provider, ["ServiceAccount"] = Account, ["TokenExchange"] = new JsonObject { ["SubjectTokenFile"] = _tokenFile },
        },
        changes);
}
