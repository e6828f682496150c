using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Apis.Auth.OAuth2;
using Google.Apis.Auth.OAuth2.Responses;
using Google.Apis.Http;
using Google.Apis.Util;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Initializer = Google.Apis.Auth.OAuth2.ServiceAccountCredential.Initializer;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>
/// Google.Apis.Auth, with its own defaults, at the emulations on which the providers of Google are tested. The emulations accept what it sends, and refuse each rule
/// that its users can break.
/// </summary>
public sealed class GoogleApisAuthTests : IAsyncDisposable
{
    private const string StorageScope = "https://www.googleapis.com/auth/devstorage.read_only", OtherAccount = "other@project.iam.gserviceaccount.com";

    private static readonly RSA Key = RSA.Create(2048), OtherKey = RSA.Create(2048);

    private static readonly Dictionary<string, (Func<Initializer> Create, string Error, string Description)> BrokenRequests = new(StringComparer.Ordinal)
    {
        ["another token URL"] = (() => new(GoogleTokenEndpoint.Email, "https://oauth2.googleapis.com/other"), "Status code is: NotFound", ""),
        ["another account"] = (() => new(OtherAccount), "invalid_grant", "Invalid grant: account not found"),
        ["another key"] = (() => new(GoogleTokenEndpoint.Email) { Key = OtherKey }, "invalid_grant", "Invalid JWT Signature."),
        ["a clock that is two hours late"] = (() => new(GoogleTokenEndpoint.Email) { Clock = new LateClock() }, "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ["an unknown user"] = (() => new(GoogleTokenEndpoint.Email) { User = "nobody@example.com" }, "invalid_grant", "Invalid email or User ID"),
        ["a user without delegation"] = (() => new(GoogleTokenEndpoint.Email) { User = "admin@example.com" }, "unauthorized_client", "Client is unauthorized to retrieve access tokens"),
        ["scopes with a comma"] = (() => new(GoogleTokenEndpoint.Email) { Scopes = ["a,b"] }, "invalid_scope", "Invalid OAuth scope or ID token audience provided."),
        ["no scope"] = (() => new(GoogleTokenEndpoint.Email) { Scopes = [] }, "invalid_scope", "Empty or missing scope not allowed."),
    };

    private static readonly Dictionary<string, (Func<Initializer> Create, string Rule)> BrokenJwts = new(StringComparer.Ordinal)
    {
        ["another account"] = (() => new(OtherAccount), "iss and sub are the account"),
        ["another key"] = (() => new(GoogleTokenEndpoint.Email) { Key = OtherKey }, "the signature"),
        ["another key ID"] = (() => new(GoogleTokenEndpoint.Email) { KeyId = "g-2" }, "alg is RS256 and kid that of the key"),
        ["a clock that is two hours late"] = (() => new(GoogleTokenEndpoint.Email) { Clock = new LateClock() }, "at most 1 h, and valid now"),
        ["the scope of another API"] = (() => new(GoogleTokenEndpoint.Email) { Scopes = [StorageScope] }, "the scope is one of the API"),
    };

    private readonly GoogleTokenEndpoint _endpoint;
    private readonly ProviderEmulator _google, _api, _sts;
    private readonly TemporaryFile _token = new(GoogleSecurityTokenService.CreateSubjectToken(TimeProvider.System.GetUtcNow()));

    public GoogleApisAuthTests()
    {
        _endpoint = new(TimeProvider.System, Key.ExportSubjectPublicKeyInfoPem());
        _google = _endpoint.Emulator;
        _api = GoogleApi.Create(TimeProvider.System, Key);
        _sts = GoogleSecurityTokenService.Create(TimeProvider.System);
    }

    public static TheoryData<string> BrokenRequestNames => [.. BrokenRequests.Keys];

    public static TheoryData<string> BrokenJwtNames => [.. BrokenJwts.Keys];

    [Theory]
    [InlineData(null)]
    [InlineData("user@example.com")]
    public async Task A_key_file_obtains_an_access_token(string? user)
    {
        var credential = FromKeyFile().CreateScoped(StorageScope, "openid");

        Assert.NotNull(await GetAsync(user is null ? credential : credential.CreateWithUser(user)));

        var assertion = Assert.Single(_google.Requests).Assertion!;
        Assert.Equal((user, $"{StorageScope} openid"), (assertion["sub"], assertion["scope"]));
    }

    [Fact]
    public async Task A_key_file_obtains_an_ID_token()
    {
        var token = await FromKeyFile().GetOidcTokenAsync(OidcTokenOptions.FromTargetAudience("https://orders-abc.a.run.app"), TestContext.Current.CancellationToken);

        Assert.NotNull(await token.GetAccessTokenAsync(TestContext.Current.CancellationToken));

        var assertion = Assert.Single(_google.Requests).Assertion!;
        Assert.Equal((GoogleTokenEndpoint.Email, "https://orders-abc.a.run.app", null), (assertion["sub"], assertion["target_audience"], assertion["scope"]));
    }

    [Theory]
    [MemberData(nameof(BrokenRequestNames))]
    public async Task A_token_request_that_breaks_a_rule_is_refused_with_the_documented_error(string name)
    {
        var (create, error, description) = BrokenRequests[name];
        var credential = Create(_google, create, StorageScope);

        var refusal = await Assert.ThrowsAsync<TokenResponseException>(() => credential.RequestAccessTokenAsync(TestContext.Current.CancellationToken));

        Assert.Contains(error, refusal.Error.Error, StringComparison.Ordinal);
        Assert.StartsWith(description, refusal.Error.ErrorDescription ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_API_accepts_a_self_signed_JWT(bool hasScope)
    {
        var credential = Create(_api, () => new(GoogleTokenEndpoint.Email), hasScope ? [GoogleApi.Scope] : []).WithUseJwtAccessWithScopes(hasScope);

        using var response = await CallAsync(credential);

        Assert.Equal((200, null), ((int)response.StatusCode, _api.BrokenRule));
        var jwt = Assert.Single(_api.Requests).BearerJwt!;
        Assert.Equal((hasScope ? null : GoogleApi.Host, hasScope ? GoogleApi.Scope : null), (jwt["aud"], jwt["scope"]));
    }

    [Theory]
    [MemberData(nameof(BrokenJwtNames))]
    public async Task An_API_refuses_a_self_signed_JWT_that_breaks_a_rule(string name)
    {
        var (create, rule) = BrokenJwts[name];

        using var response = await CallAsync(Create(_api, create, GoogleApi.Scope).WithUseJwtAccessWithScopes(true));

        Assert.Equal((false, rule), (response.IsSuccessStatusCode, _api.BrokenRule));
    }

    [Fact]
    public async Task An_API_refuses_a_self_signed_JWT_for_another_API()
    {
        var jwt = await Create(_api, () => new(GoogleTokenEndpoint.Email)).GetAccessTokenForRequestAsync("https://storage.googleapis.com/", TestContext.Current.CancellationToken);
        using var http = new HttpClient(_api.CreateHandler()) { DefaultRequestHeaders = { Authorization = new("Bearer", jwt) } };

        using var response = await http.GetAsync(GoogleApi.Url, TestContext.Current.CancellationToken);

        Assert.Equal((401, "aud is the API"), ((int)response.StatusCode, _api.BrokenRule));
    }

    [Theory]
    [InlineData(false, "federated-1")]
    [InlineData(true, "ya29.account")]
    public async Task The_file_of_gcloud_obtains_an_access_token(bool impersonates, string token)
    {
        Assert.Equal(token, await GetAsync(FromExternalAccount(impersonates).CreateScoped(StorageScope)));

        Assert.Equal(impersonates ? 2 : 1, _sts.Requests.Count);
    }

    [Theory]
    [InlineData(false, """{ "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/clusters/providers/other" }""", "invalid_target")]
    [InlineData(false, """{ "subject_token_type": "urn:ietf:params:oauth:token-type:id_token" }""", "invalid_request")]
    [InlineData(true, """{ "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/other@project.iam.gserviceaccount.com:generateAccessToken" }""", "PERMISSION_DENIED")]
    public async Task A_file_that_breaks_a_rule_is_refused_with_the_documented_error(bool impersonates, string changes, string error)
    {
        var credential = FromExternalAccount(impersonates, changes).CreateScoped(StorageScope);

        Assert.Contains(error, await FailAsync(credential), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "invalid_request")]
    [InlineData(true, "INVALID_ARGUMENT")]
    public async Task A_file_without_a_scope_is_refused_with_the_documented_error(bool impersonates, string error) =>
        Assert.Contains(error, await FailAsync(FromExternalAccount(impersonates)), StringComparison.Ordinal);

    [Theory]
    [InlineData(-2, "https://iam.googleapis.com/" + GoogleSecurityTokenService.Provider, "the token is valid now")]
    [InlineData(0, "https://kubernetes.default.svc", "the token is for the provider")]
    public async Task A_token_of_the_platform_that_breaks_a_rule_is_refused_with_the_documented_error(int hours, string audience, string rule)
    {
        await File.WriteAllTextAsync(
            _token.Path, GoogleSecurityTokenService.CreateSubjectToken(TimeProvider.System.GetUtcNow().AddHours(hours), audience), TestContext.Current.CancellationToken);

        Assert.Equal("invalid_grant", await FailAsync(FromExternalAccount(impersonates: false).CreateScoped(StorageScope)));

        Assert.Equal(rule, _sts.BrokenRule);
    }

    public ValueTask DisposeAsync()
    {
        _token.Dispose();
        return _endpoint.DisposeAsync();
    }

    private static Task<string> GetAsync(ITokenAccess credential) => credential.GetAccessTokenForRequestAsync(cancellationToken: TestContext.Current.CancellationToken);

    // For an error that is not one of OAuth the peer returns the whole body.
    private static async Task<string> FailAsync(ITokenAccess credential) => (await Assert.ThrowsAsync<TokenResponseException>(() => GetAsync(credential))).Error.Error;

    private async Task<HttpResponseMessage> CallAsync(ServiceAccountCredential credential)
    {
        using var http = GoogleHttp.CreateFactory(_api.CreateHandler).CreateHttpClient(new() { Initializers = { credential } });
        return await http.GetAsync(new Uri(GoogleApi.Url), TestContext.Current.CancellationToken);
    }

    private static ServiceAccountCredential Create(ProviderEmulator emulator, Func<Initializer> create, params string[] scopes)
    {
        var initializer = create();
        (initializer.Key, initializer.KeyId, initializer.Scopes) = (initializer.Key ?? Key, initializer.KeyId ?? GoogleTokenEndpoint.KeyId, initializer.Scopes ?? scopes);
        initializer.HttpClientFactory = GoogleHttp.CreateFactory(emulator.CreateHandler);
        return new(initializer);
    }

    private GoogleCredential FromKeyFile() => CredentialFactory.FromJson<ServiceAccountCredential>(GoogleTokenEndpoint.KeyFile(Key.ExportPkcs8PrivateKeyPem()))
        .ToGoogleCredential().CreateWithHttpClientFactory(GoogleHttp.CreateFactory(_google.CreateHandler));

    private GoogleCredential FromExternalAccount(bool impersonates, string changes = "{}")
    {
        var file = JsonNode.Parse(GoogleSecurityTokenService.ExternalAccount(_token.Path, impersonates))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
            file[name] = value!.DeepClone();
        return CredentialFactory.FromJson<FileSourcedExternalAccountCredential>(file.ToJsonString())
            .ToGoogleCredential().CreateWithHttpClientFactory(GoogleHttp.CreateFactory(_sts.CreateHandler));
    }

    private sealed class LateClock : IClock
    {
        public DateTime Now => UtcNow.ToLocalTime();

        public DateTime UtcNow => TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2);
    }
}
