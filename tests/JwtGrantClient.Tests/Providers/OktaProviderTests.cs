using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// Okta's token endpoints, emulated from https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/ and
/// https://developer.okta.com/docs/guides/dpop/oktaresourceserver/main/.
/// </summary>
public sealed class OktaProviderTests : IAsyncDisposable
{
    private const string ClientId = "0oaCLIENTID", Domain = "dev-123456.okta.com", KeyId = "okta-1";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _okta;
    private readonly ProviderClient _client;
    private bool _requiresProof;

    public OktaProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = $"https://{Domain}/oauth2/v1/token", TimeProvider = _clock, TokenLifetime = TimeSpan.FromHours(1), MaxAssertionLifetime = TimeSpan.FromHours(1), FutureTolerance = TimeSpan.Zero,
            Leniency = new() { AllowOtherAudiences = true },
        });
        _server.RegisterClient(new() { Id = ClientId, PublicKeyPem = TestData.RsaPublicPem, KeyId = KeyId });
        _okta = new(_server,
            new("the type of the assertion", request => request.Form["client_assertion_type"] != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", EmulatedResponse.OAuth("invalid_client", "The client_assertion_type is invalid.", 401)),
            new("aud is the endpoint", request => request.ClientAssertion!["aud"] != request.Url, EmulatedResponse.OAuth("invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request.", 401)),
            new("client credentials", request => request.Form["grant_type"] != "client_credentials", EmulatedResponse.OAuth("unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: [client_credentials].")),
            new("no OpenID scopes", request => request.Form["scope"]?.Contains("openid", StringComparison.Ordinal) == true, EmulatedResponse.OAuth("invalid_scope", "Cannot request 'openid' scopes using client credentials")),
            new("granted scopes", request => request.Form["scope"] == "okta.apps.manage", EmulatedResponse.OAuth("consent_required", "You are not allowed any of the requested scopes.")),
            new("scopes of the server", request => !request.Form["scope"]!.StartsWith("okta.", StringComparison.Ordinal) && request.Url.EndsWith("/oauth2/v1/token", StringComparison.Ordinal),
                EmulatedResponse.OAuth("invalid_scope", "One or more scopes are not configured for the authorization server resource.")),
            new("a policy allows it", request => request.Form["scope"] == "orders.write", EmulatedResponse.OAuth("access_denied", "Policy evaluation failed for this request, please check the policy configurations.")),
            new("DPoP", request => _requiresProof && request.Proof is null, EmulatedResponse.OAuth("invalid_dpop_proof", "The DPoP proof JWT header is missing.")),
            new("a nonce", request => _requiresProof && request.Proof!["nonce"] != "nonce-1", EmulatedResponse.OAuth("use_dpop_nonce", "Authorization server requires nonce in DPoP proof.") with { Nonce = "nonce-1" }))
        {
            Refuse = refusal => EmulatedResponse.OAuth("invalid_client", refusal.Rule switch
            {
                "S07" => "The client_assertion's kid is invalid.",
                "S08" => "The client_assertion signature is invalid.",
                "S14" => "The issue time for client_assertion cannot be in the future.",
                _ => "Client authentication failed. Either the client or the client credentials are invalid.",
            }, 401),
            EditResponse = (token, request) => token["token_type"] = request.Proof is null ? "Bearer" : "DPoP",
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { $$"""{ "ClientAssertion": { "Audience": "https://{{Domain}}" } }""", "The audience is not the URL of this endpoint. Remove ClientAssertion:Audience" },
        { """{ "SigningKey": { "KeyId": "other" } }""", "kid is missing, or is not that of a public key of the app. Set SigningKey:KeyId" },
        { """{ "ClientId": "0oaOTHER" }""", "The org does not know the client" },
        { """{ "Scope": "openid okta.users.read" }""", "OpenID scopes, such as openid, profile and email, are for users who sign in." },
        { """{ "Scope": "okta.apps.manage" }""", "The app has none of the requested scopes. Grant them in the Okta API Scopes tab of the app" },
        { """{ "Scope": "orders.read" }""", "A scope is unknown to this authorization server. The org authorization server has the okta.* scopes only" },
        { """{ "Scope": "orders.write", "AuthorizationServer": "default" }""", "No access policy of the authorization server allows this client and scope." },
        { """{ "Grant": "JwtBearer" }""", "The app does not allow client credentials." },
    };

    [Fact]
    public async Task A_domain_a_client_and_a_key_are_all_that_the_org_server_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _okta.CreateHandler());

        Assert.Equal(TestData.Moment.AddHours(1), token.ExpiresAt);
        var request = Assert.Single(_okta.Requests);
        Assert.Equal(($"https://{Domain}/oauth2/v1/token", "okta.users.read"), (request.Url, request.Form["scope"]));
        Assert.Equal((ClientId, ClientId, request.Url), (request.ClientAssertion!["iss"], request.ClientAssertion["sub"], request.ClientAssertion["aud"]));
    }

    [Fact]
    public async Task With_DPoP_the_nonce_of_the_org_server_is_answered()
    {
        _requiresProof = true;

        var token = await _client.GetTokenAsync(Settings("""{ "DPoP": { "Enabled": true } }"""), _okta.CreateHandler());

        Assert.Equal("DPoP", token.Type);
        Assert.Equal([null, "nonce-1"], _okta.Requests.Select(request => request.Proof!["nonce"]));
        Assert.Equal(2, _okta.Requests.Select(request => request.ClientAssertion!["jti"]).Distinct().Count());
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        _requiresProof = true;
        using var folder = new TemporaryFolder();
        var path = folder.Write("okta.pem", TestData.RsaPrivatePem);

        await _client.GetTokenAsync(
            options =>
            {
                options.UseOkta(Domain, ClientId, path, "okta.users.read");
                options.SigningKey.KeyId = KeyId;
                options.DPoP.Enabled = true;
            },
            _okta.CreateHandler());

        Assert.Equal(2, _okta.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _okta.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData(401, "invalid_client", "Invalid value for 'client_id' parameter.", "The org does not know the client")]
    [InlineData(404, "E0000007", "Not found: Resource not found: me (Me)", "The org has no such authorization server. Check AuthorizationServer")]
    public async Task An_error_in_the_form_of_the_Okta_API_is_explained(int status, string code, string text, string advice)
    {
        var body = new JsonObject { ["errorCode"] = code, ["errorSummary"] = text, ["errorLink"] = code, ["errorId"] = "oae1", ["errorCauses"] = new JsonArray() };

        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(), ProviderEmulator.Refusing(new(status, body.ToJsonString())).CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_proof_is_named_with_both_cures()
    {
        _requiresProof = true;

        Assert.Contains("The app requires DPoP. Set DPoP:Enabled, or clear", await _client.FailAsync(Settings(), _okta.CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_another_app_is_named()
    {
        using var other = System.Security.Cryptography.RSA.Create(2048);
        var changes = new JsonObject { ["SigningKey"] = new JsonObject { ["Text"] = other.ExportPkcs8PrivateKeyPem() } }.ToJsonString();

        Assert.Contains("The key is not one of the app. Add its public key", await _client.FailAsync(Settings(changes), _okta.CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_custom_authorization_server_has_its_own_endpoint_which_is_the_audience()
    {
        await Assert.ThrowsAsync<JwtGrantException>(() => _client.GetTokenAsync(Settings("""{ "AuthorizationServer": "default", "Scope": "orders.write" }"""), _okta.CreateHandler()));

        var request = Assert.Single(_okta.Requests);
        Assert.Equal(($"https://{Domain}/oauth2/default/v1/token", request.Url), (request.Url, request.ClientAssertion!["aud"]));
    }

    [Theory]
    [InlineData("""{ "Domain": null }""", "Domain is missing; it is the Okta domain of the org, such as dev-123456.okta.com")]
    [InlineData("""{ "Domain": "https://dev-123456.okta.com" }""", "Domain is 'https://dev-123456.okta.com', which is not a host name.")]
    [InlineData("""{ "Domain": "dev-123456-admin.okta.com" }""", "Domain is 'dev-123456-admin.okta.com', which is the host of the Admin Console; remove -admin.")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Client ID of the API Services app")]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the scopes that are granted in the Okta API Scopes tab of the app")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the private key whose public key is in Client Credentials > Public Keys of the app.")]
    [InlineData("""{ "SigningKey": { "Algorithm": "PS256" } }""", "SigningKey:Algorithm is PS256, but Okta accepts RS256 or RS384")]
    [InlineData("""{ "AuthorizationServer": "https://dev-123456.okta.com/oauth2/default" }""", "AuthorizationServer is 'https://dev-123456.okta.com/oauth2/default', which is not an id")]
    public void What_is_missing_is_said_in_the_terms_of_Okta(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "Okta", ["Domain"] = Domain, ["ClientId"] = ClientId, ["Scope"] = "okta.users.read",
            ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem, ["KeyId"] = KeyId },
        },
        changes);
}
