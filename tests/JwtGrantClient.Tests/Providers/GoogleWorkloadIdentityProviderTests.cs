using System.Text.Json;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The provider GoogleWorkloadIdentity at the emulated Security Token Service of Google and IAM generateAccessToken.</summary>
public sealed class GoogleWorkloadIdentityProviderTests : IDisposable
{
    private const string Provider = GoogleSecurityTokenService.Provider, Account = GoogleSecurityTokenService.Account;
    private const string CloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

    private readonly ObservedTime _clock = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ProviderEmulator _google;
    private readonly ProviderClient _client;
    private readonly string _tokenFile;

    public GoogleWorkloadIdentityProviderTests()
    {
        _client = new(_clock);
        _tokenFile = _folder.Write("token.jwt", GoogleSecurityTokenService.CreateSubjectToken(TestData.Moment));
        _google = GoogleSecurityTokenService.Create(_clock);
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

        Assert.Equal([GoogleSecurityTokenService.Url, GoogleSecurityTokenService.GenerateUrl], _google.Requests.Select(request => request.Url));
    }

    [Fact]
    public async Task The_file_of_gcloud_is_used_as_it_is()
    {
        var path = _folder.Write("credentials.json", ExternalAccount());

        var token = await _client.GetTokenAsync(options => options.UseGoogleCredentialFile(path), _google.CreateHandler());

        Assert.Equal("ya29.account", token.Value);
        Assert.Equal("1800s", _google.Requests[1].Json!["lifetime"]!.ToString());
    }

    [Fact]
    public async Task The_token_can_be_a_member_of_a_JSON_file()
    {
        var path = _folder.Write("credentials.json", ProviderClient.Change(
            JsonNode.Parse(ExternalAccount())!.AsObject(), """{ "credential_source": { "format": { "type": "json", "subject_token_field_name": "id_token" } } }"""));
        var platformToken = await File.ReadAllTextAsync(_tokenFile, TestContext.Current.CancellationToken);
        _folder.Write("token.jwt", $$"""{ "access_token": "other", "id_token": "{{platformToken}}" }""");

        var token = await _client.GetTokenAsync(options => options.UseGoogleCredentialFile(path), _google.CreateHandler());

        Assert.Equal("ya29.account", token.Value);
        Assert.Equal(platformToken, _google.Requests[0].Form["subject_token"]);
    }

    [Theory]
    [InlineData("http://169.254.169.254/metadata/identity?resource=api", """{ "credential_source": null }""", null)]
    [InlineData("https://pipelines.example.com/token?audience=pool", """{ "credential_source": null }""", "value")]
    public async Task The_token_can_be_at_a_URL(string url, string changes, string? member)
    {
        var file = JsonNode.Parse(ProviderClient.Change(JsonNode.Parse(ExternalAccount())!.AsObject(), changes))!.AsObject();
        file["credential_source"] = new JsonObject { ["url"] = url, ["headers"] = new JsonObject { ["Authorization"] = "Bearer request-credential" } };
        if (member is not null)
            file["credential_source"]!["format"] = new JsonObject { ["type"] = "json", ["subject_token_field_name"] = member };
        var path = _folder.Write("credentials.json", file.ToJsonString());
        var platformToken = await File.ReadAllTextAsync(_tokenFile, TestContext.Current.CancellationToken);
        var credentials = new List<string?>();
        using var platform = PlatformHandler(url, request =>
        {
            credentials.Add(request.Headers.Authorization?.ToString());
            return new() { Content = new StringContent(member is null ? platformToken : $$"""{ "{{member}}": "{{platformToken}}" }""") };
        });

        var token = await _client.GetTokenAsync(options => options.UseGoogleCredentialFile(path), platform);

        Assert.Equal("ya29.account", token.Value);
        Assert.Equal(["Bearer request-credential"], credentials);
        Assert.Equal((platformToken, null), (_google.Requests[0].Form["subject_token"], _google.Requests[0].Authorization));
    }

    [Theory]
    [InlineData(404, "request-credential", "responded with HTTP status 404", false), InlineData(503, "", "responded with HTTP status 503", true)]
    [InlineData(200, "no token for request-credential", "sent a response that is not a complete JWT with an exp claim", false)]
    public async Task A_URL_without_a_token_is_described_without_its_credential(int status, string body, string problem, bool isTransient)
    {
        var file = JsonNode.Parse(ExternalAccount())!.AsObject();
        file["credential_source"] = new JsonObject { ["url"] = "https://pipelines.example.com/token?id=secret", ["headers"] = new JsonObject { ["Authorization"] = "Bearer request-credential" } };
        var path = _folder.Write("credentials.json", file.ToJsonString());
        using var platform = PlatformHandler("https://pipelines.example.com/token?id=secret", _ => new((System.Net.HttpStatusCode)status) { Content = new StringContent(body) });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(
            options =>
            {
                options.UseGoogleCredentialFile(path);
                options.Retry.MaxRetryAttempts = 0;
            }, platform));

        Assert.Equal(("token_url_unusable", isTransient), (error.Code, error.IsTransient));
        Assert.Contains($"The address 'https://pipelines.example.com/token', which the credential file names for the token of the platform, {problem}.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("request-credential", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"token\": \"x\" }", "has no member 'id_token' that is text"), InlineData("[", "is not JSON"), InlineData("{ \"id_token\": \"\" }", "is empty")]
    public async Task A_JSON_file_without_the_token_is_described(string content, string problem)
    {
        var path = _folder.Write("credentials.json", ProviderClient.Change(
            JsonNode.Parse(ExternalAccount())!.AsObject(), """{ "credential_source": { "format": { "type": "json", "subject_token_field_name": "id_token" } } }"""));
        _folder.Write("token.jwt", content);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(options => options.UseGoogleCredentialFile(path), _google.CreateHandler()));

        Assert.Equal("token_file_unusable", error.Code);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "token_url": "https://sts.example.com/v1/token" }""", "CredentialFile: token_url is not an https URL of googleapis.com.")]
    [InlineData("""{ "token_url": "https://googleapis.com.example.com/token" }""", "CredentialFile: token_url is not an https URL of googleapis.com.")]
    [InlineData("""{ "service_account_impersonation_url": "http://iamcredentials.googleapis.com/x:generateAccessToken" }""", "CredentialFile: service_account_impersonation_url is not an https URL")]
    [InlineData("""{ "type": "service_account" }""", "CredentialFile: the file is not of the type external_account. For the key of a service account, use the provider GoogleServiceAccount.")]
    [InlineData("""{ "audience": null }""", "CredentialFile: the file has no audience.")]
    [InlineData("""{ "credential_source": { "url": "http://metadata.example.com/token" } }""", "CredentialFile: the url of credential_source is neither an https URL nor one of this machine")]
    [InlineData("""{ "credential_source": { "environment_id": "aws1", "url": "http://169.254.169.254/latest" } }""", "CredentialFile has a credential_source that is neither a file nor a URL, such as a command or AWS.")]
    [InlineData("""{ "credential_source": { "format": { "type": "json" } } }""", "CredentialFile: credential_source has the format json, and no subject_token_field_name.")]
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

    [Fact]
    public async Task A_token_for_another_audience_is_named()
    {
        var path = _folder.Write("other.jwt", GoogleSecurityTokenService.CreateSubjectToken(TestData.Moment, audience: "https://kubernetes.default.svc"));

        var advice = await _client.FailAsync(Settings(JsonSerializer.Serialize(new { TokenExchange = new { SubjectTokenFile = path } })), _google.CreateHandler());

        Assert.Contains("). The aud of the token is not one that the provider of the pool accepts.", advice, StringComparison.Ordinal);
    }

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

    /// <summary>The platform at a URL, and Google.</summary>
    private StubHandler PlatformHandler(string url, Func<HttpRequestMessage, HttpResponseMessage> respond)
    {
        var google = new HttpMessageInvoker(_google.CreateHandler());
        return new((request, cancellationToken) => request.RequestUri!.AbsoluteUri == url ? Task.FromResult(respond(request)) : google.SendAsync(request, cancellationToken));
    }

    private string ExternalAccount() => GoogleSecurityTokenService.ExternalAccount(_tokenFile);

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "GoogleWorkloadIdentity", ["WorkloadIdentityProvider"] = Provider, ["ServiceAccount"] = Account, ["TokenExchange"] = new JsonObject { ["SubjectTokenFile"] = _tokenFile },
        },
        changes);
}
