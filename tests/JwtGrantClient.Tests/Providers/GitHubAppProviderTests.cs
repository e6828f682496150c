using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The request for installation tokens of GitHub, emulated from its REST documentation (apps#create-an-installation-access-token-for-an-app) and the page on JWTs.
/// </summary>
public sealed class GitHubAppProviderTests
{
    private const string App = "Iv23liABCDEFGHIJKLMN";

    private readonly ObservedTime _clock = new();
    private readonly ProviderEmulator _github;
    private readonly ProviderClient _client;
    private RSA _registeredKey = TestData.RsaKey;
    private int _issued;

    public GitHubAppProviderTests()
    {
        _client = new(_clock);
        _github = new(server: null,
            new("a User-Agent", request => request.UserAgent.Length == 0, new(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header")),
            new("a JWT as bearer credential", request => request.BearerJwt is null, Error(401, "A JSON web token could not be decoded")),
            new("alg is RS256", request => request.BearerJwt!.Header.GetProperty("alg").GetString() != "RS256", Error(401, "A JSON web token could not be decoded")),
            new("the signature verifies", request => !IsSigned(request.BearerJwt!), Error(401, "A JSON web token could not be decoded")),
            new("iat is not in the future", request => Time(request, "iat") > _clock.GetUtcNow().ToUnixTimeSeconds(), Error(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")),
            new("exp is at most 10 minutes ahead", request => Time(request, "exp") - _clock.GetUtcNow().ToUnixTimeSeconds() > 600, Error(401, "'Expiration time' claim ('exp') is too far in the future")),
            new("the app exists", request => request.BearerJwt!["iss"] != App, Error(404, "Integration not found")),
            new("the installation exists", request => request.Url != "https://api.github.com/app/installations/1234567/access_tokens", Error(404, "Not Found")),
            new("the repositories belong to the installation", request => request.Json?["repositories"]?.ToJsonString().Contains("unknown", StringComparison.Ordinal) == true,
                Error(422, "There is at least one repository that does not exist or is not accessible to the parent installation.")),
            new("the permissions are granted", request => request.Json?["permissions"]?["administration"] is not null, Error(422, "The permissions requested are not granted to this installation.")))
        {
            Respond = _ => new(201, new JsonObject
            {
                ["token"] = $"ghs_{++_issued}", ["expires_at"] = _clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
                ["permissions"] = new JsonObject { ["contents"] = "read" },
            }.ToJsonString()),
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "ClientId": "Iv1.other" }""", "There is no app with this Client ID or App ID." },
        { """{ "InstallationId": "42" }""", "The app has no installation with this number" },
        { """{ "Repositories": "docs unknown" }""", "A repository in Repositories does not exist" },
        { """{ "Permissions": "administration:write" }""", "The installation does not have the permissions in Permissions." },
    };

    [Fact]
    public async Task The_app_the_installation_and_the_key_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _github.CreateHandler());

        Assert.Equal(("ghs_1", "Bearer", TestData.Moment.AddHours(1)), (token.Value, token.Type, token.ExpiresAt));
        Assert.Equal("read", token.Members["permissions"].GetProperty("contents").GetString());
        var request = Assert.Single(_github.Requests);
        Assert.Equal((HttpMethod.Post, "application/vnd.github+json", "{}"), (request.Method, request.Accept, request.Body));
        Assert.Equal(["iss", "iat", "exp"], request.BearerJwt!.Payload.EnumerateObject().Select(claim => claim.Name));
        Assert.Equal((-60, 540), (Time(request, "iat") - TestData.Moment.ToUnixTimeSeconds(), Time(request, "exp") - TestData.Moment.ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task A_token_can_be_limited_to_repositories_and_permissions()
    {
        await _client.GetTokenAsync(Settings("""{ "Repositories": "docs site", "Permissions": "contents:read issues:write" }"""), _github.CreateHandler());

        Assert.Equal("""{"repositories":["docs","site"],"permissions":{"contents":"read","issues":"write"}}""", Assert.Single(_github.Requests).Body);
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("app.pem", TestData.RsaKey.ExportRSAPrivateKeyPem());

        await _client.GetTokenAsync(options => options.UseGitHubApp(App, 1234567, path, "docs"), _github.CreateHandler());

        Assert.Equal("""{"repositories":["docs"]}""", Assert.Single(_github.Requests).Body);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _github.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_key_that_is_not_one_of_the_app_is_named()
    {
        _registeredKey = RSA.Create(2048);

        var advice = await _client.FailAsync(Settings(), _github.CreateHandler());

        Assert.Contains("The key is not one of the app, or iss is not its Client ID.", advice, StringComparison.Ordinal);
        _registeredKey.Dispose();
    }

    [Fact]
    public async Task A_refusal_shows_the_JWT_and_not_its_text()
    {
        _registeredKey = RSA.Create(2048);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), _github.CreateHandler()));

        Assert.Equal(("token_request_refused", "401", "A JSON web token could not be decoded"), (error.Code, error.Error, error.ErrorDescription));
        Assert.Contains($"Authorization header: iss '{App}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("endpoint 'https://api.github.com/app/installations/1234567/access_tokens'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_github.Requests[0].Authorization!["Bearer ".Length..], error.ToString(), StringComparison.Ordinal);
        Assert.Single(_github.Requests);
        _registeredKey.Dispose();
    }

    [Theory]
    [InlineData(-540)]
    [InlineData(540)]
    public async Task A_wrong_clock_is_corrected_by_the_time_of_GitHub(int secondsAhead)
    {
        var issuedAt = new List<long>();
        using var handler = new StubHandler(async (message, cancellationToken) =>
        {
            var request = new EmulatedRequest(message, await message.Content!.ReadAsStringAsync(cancellationToken));
            issuedAt.Add(Time(request, "iat"));
            var serverTime = TestData.Moment.AddSeconds(-secondsAhead);
            var isWrong = Math.Abs(issuedAt[^1] + 60 - serverTime.ToUnixTimeSeconds()) > 5;
            var response = (isWrong
                ? Error(401, secondsAhead > 0 ? "'Expiration time' claim ('exp') is too far in the future" : "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
                : new EmulatedResponse(201, $$"""{"token":"ghs_1","expires_at":"{{serverTime.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}""")).ToMessage();
            response.Headers.Date = serverTime;
            return response;
        });

        Assert.Equal("ghs_1", (await _client.GetTokenAsync(Settings(), handler)).Value);
        Assert.Equal([TestData.Moment.ToUnixTimeSeconds() - 60, TestData.Moment.AddSeconds(-secondsAhead).ToUnixTimeSeconds() - 60], issuedAt);
    }

    [Fact]
    public async Task A_JWT_that_is_expired_at_GitHub_has_advice()
    {
        using var handler = new StubHandler(_ => Error(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires").ToMessage());

        Assert.Contains("(401). The JWT was expired when it arrived", await _client.FailAsync(Settings(), handler), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_the_server_is_retried()
    {
        List<string> sent = [];
        var call = _client.GetTokenAsync(Settings(), CreateFailingOnce(sent));
        await _clock.AdvanceDelaysUntilCompletedAsync(call, TimeSpan.FromSeconds(1));

        Assert.Equal(("ghs_1", 2), ((await call).Value, sent.Count));
    }

    [Theory]
    [InlineData(200, """{"token":"ghs_1"}""", "expires_at is missing; expected a date and time such as 2026-11-23T10:00:00Z (RFC 3339)")]
    [InlineData(201, """{"token":"ghs_1","expires_at":"tomorrow"}""", "expires_at is a JSON string; expected a date and time")]
    [InlineData(201, """{"expires_at":"2026-11-23T10:00:00Z"}""", "token is missing; expected a token")]
    [InlineData(201, "<html>", "the body is not JSON")]
    public async Task A_response_that_is_not_a_token_is_malformed(int status, string body, string problem)
    {
        using var handler = new StubHandler(_ => new EmulatedResponse(status, body).ToMessage());

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), handler));

        Assert.Equal((JwtGrantErrorKind.MalformedResponse, "token_response_malformed"), (error.Kind, error.Code));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var handler = new StubHandler(_ => new HttpResponseMessage(HttpStatusCode.TemporaryRedirect) { Headers = { Location = new("https://evil.example.com") } });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), handler));

        Assert.Equal(("token_endpoint_redirected", 1), (error.Code, handler.Calls));
    }

    [Fact]
    public async Task A_token_request_with_a_scope_is_an_error_that_says_why()
    {
        var error = await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings(), _github.CreateHandler(), new() { Scope = "repo" }));

        Assert.Equal(("request_not_signed", 0), (error.Code, _github.Requests.Count));
    }

    [Fact]
    public async Task The_expiry_counts_by_the_clock_of_the_server()
    {
        using var handler = new StubHandler(_ =>
        {
            var response = new EmulatedResponse(201, """{"token":"ghs_1","expires_at":"2026-11-23T11:00:00Z"}""").ToMessage();
            response.Headers.Date = TestData.Moment.AddHours(1);
            return response;
        });

        Assert.Equal(TestData.Moment.AddHours(1), (await _client.GetTokenAsync(Settings(), handler)).ExpiresAt);
    }

    [Theory]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Client ID of the app")]
    [InlineData("""{ "InstallationId": null }""", "InstallationId is missing; it is the number at the end of the URL of the installation")]
    [InlineData("""{ "InstallationId": "contoso" }""", "InstallationId is ")]
    [InlineData("""{ "Scope": "repo" }""", "Scope is set, but tokens of GitHub Apps have no scopes. Remove it, and set Permissions")]
    [InlineData("""{ "Permissions": "contents" }""", "Permissions is ")]
    [InlineData("""{ "Repositories": "contoso/docs" }""", "Repositories has a slash; expected the names without the owner")]
    [InlineData("""{ "Assertion": { "Lifetime": "00:15:00" } }""", "Assertion:Lifetime is 00:15:00 and Assertion:Backdate is 00:01:00, so that the JWT expires more than 10 min from now")]
    public void What_is_missing_is_said_in_the_terms_of_GitHub(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    private static EmulatedResponse Error(int status, string message) => new(status, new JsonObject
    {
        ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest", ["status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    }.ToJsonString());

    private StubHandler CreateFailingOnce(List<string> sent) => new(async (request, cancellationToken) =>
    {
        sent.Add(request.Headers.Authorization!.Parameter!);
        if (sent.Count == 1)
            return new(HttpStatusCode.BadGateway);
        using var github = new HttpMessageInvoker(_github.CreateHandler());
        return await github.SendAsync(request, cancellationToken);
    });

    private static long Time(EmulatedRequest request, string claim) => request.BearerJwt!.Payload.GetProperty(claim).GetInt64();

    private bool IsSigned(Jwt jwt) => _registeredKey.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "GitHubApp", ["ClientId"] = App, ["InstallationId"] = "1234567", ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem },
        },
        changes);
}
