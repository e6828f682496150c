using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The token endpoint of a Keycloak realm: client authentication with a signed JWT, and the JWT authorization grant of
/// https://www.keycloak.org/securing-apps/jwt-authorization-grant.
/// </summary>
public sealed class KeycloakProviderTests : IAsyncDisposable
{
    private const string Realm = "https://keycloak.example.com/realms/orders", Client = "batch-worker", Idp = "https://jwt-idp.example.com", User = "b3588c7e-14cb-46a9-9387-28adfd82f7a4";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _keycloak;
    private readonly ProviderClient _client;

    public KeycloakProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = Realm, TimeProvider = _clock, FutureTolerance = TimeSpan.Zero });
        _server.RegisterClient(new() { Id = Client, PublicKeyPem = TestData.RsaPublicPem });
        _server.TrustIssuer(new() { Issuer = Idp, PublicKeyPem = TestData.RsaPublicPem });
        _keycloak = new(_server,
            new("the path of the token endpoint", request => request.Url != $"{Realm}/protocol/openid-connect/token", new(404, """{ "error": "Unable to find matching target resource method" }""")),
            new("the client is authenticated", request => request.ClientAssertion is null, EmulatedResponse.OAuth("invalid_grant", "Public client not allowed to use authorization grant")),
            new("the client exists", request => request.ClientAssertion!["sub"] != Client, EmulatedResponse.OAuth("invalid_client", "Invalid client or Invalid client credentials", 401)),
            new("the client has the key", request => request.ClientAssertion!.Header.TryGetProperty("kid", out var kid) && kid.GetString() == "unknown", EmulatedResponse.OAuth("invalid_client", "Unable to load public key")),
            new("aud is the issuer", request => request.ClientAssertion!["aud"] != Realm, EmulatedResponse.OAuth("invalid_client", "Invalid token audience")),
            new("exp within 60 s without iat", request => IsLateWithoutIat(request.ClientAssertion!, 60), EmulatedResponse.OAuth("invalid_client", "Token expiration is too far in the future and iat claim not present in token")),
            new("exp within 5 min without iat", request => request.Assertion is { } grant && IsLateWithoutIat(grant, 300), EmulatedResponse.OAuth("invalid_grant", "Token expiration is too far in the future and iat claim not present in token")),
            new("at most 60 s from iat", request => Age(request.ClientAssertion!) > 60, EmulatedResponse.OAuth("invalid_client", "Token was issued too far in the past to be used now")),
            new("the client has a service account", request => request.Form["scope"] == "no-service-account", EmulatedResponse.OAuth("unauthorized_client", "Client not enabled to retrieve service account", 401)),
            new("the scope is one of the client", request => request.Form["scope"] == "unknown", EmulatedResponse.OAuth("invalid_scope", "Invalid scopes: unknown")),
            new("iss is an identity provider", request => request.Assertion is { } grant && grant["iss"] != Idp, EmulatedResponse.OAuth("invalid_grant", "No Identity Provider for provided issuer")),
            new("aud of the grant is the issuer", request => request.Assertion is { } grant && grant["aud"] != Realm, EmulatedResponse.OAuth("invalid_grant", "Invalid token audience")),
            new("no clock skew", request => request.Assertion is { } grant && Age(grant) < 0, EmulatedResponse.OAuth("invalid_grant", "Token was issued in the future")),
            new("the grant has a jti", request => request.Assertion is { } grant && grant["jti"] is null, EmulatedResponse.OAuth("invalid_grant", "Token jti claim is required")),
            new("the user is linked", request => request.Assertion is { } grant && grant["sub"] != User, EmulatedResponse.OAuth("invalid_grant", "User not found")))
        {
            Refuse = refusal => refusal.Rule == "S08" ? EmulatedResponse.OAuth("invalid_client", "Client authentication with signed JWT failed: Signature on JWT token failed validation")
                : refusal.Rule == "S14" ? EmulatedResponse.OAuth("invalid_client", "Token was issued in the future")
                : EmulatedResponse.OAuth("invalid_grant", refusal.Rule),
            EditResponse = (token, _) => (token["refresh_expires_in"], token["not-before-policy"]) = (0, 0),
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "ClientId": "other" }""", "The realm has no such client, it is disabled" },
        { """{ "SigningKey": { "KeyId": "unknown" } }""", "Keycloak has no key with this kid for the client." },
        { """{ "ClientAssertion": { "Audience": "https://keycloak.example.com/realms/orders/protocol/openid-connect/token" } }""", "The audience of the client assertion must be the issuer of the realm" },
        { """{ "ClientAssertion": { "Backdate": "00:01:10", "Lifetime": "00:02:00" } }""", "Keycloak accepts a client assertion for 60 s from its iat" },
        { """{ "Scope": "unknown" }""", "The client does not have the scope." },
        { """{ "ClientAssertion": { "OmittedClaims": [ "iat" ], "Lifetime": "00:02:00" } }""", "The client assertion has no iat, and its exp is later than Keycloak allows." },
        { """{ "Scope": "no-service-account" }""", "The client has no service account. Enable Service accounts roles" },
    };

    public static TheoryData<string, string> BrokenRulesOfGrants => new()
    {
        { """{ "Assertion": { "Issuer": "https://other.example.com" } }""", "No identity provider of the realm has iss as its issuer." },
        { """{ "Assertion": { "Audience": "https://keycloak.example.com" } }""", "The audience of the assertion must be the issuer of the realm" },
        { """{ "Assertion": { "Subject": "nobody" } }""", "No user of the realm is linked to the identity provider with sub as user ID." },
        { """{ "Assertion": { "OmittedClaims": [ "jti" ] } }""", "Keycloak requires jti in assertions." },
        { """{ "Assertion": { "OmittedClaims": [ "iat" ], "Lifetime": "00:10:00" } }""", "The assertion has no iat, and its exp is later than Max allowed assertion expiration" },
    };

    [Fact]
    public async Task A_realm_a_client_and_a_key_are_all_that_the_configuration_needs()
    {
        await _client.GetTokenAsync(Settings(), _keycloak.CreateHandler());

        var request = Assert.Single(_keycloak.Requests);
        Assert.Equal("client_credentials", request.Form["grant_type"]);
        Assert.Equal((Realm, Client, 60), (request.ClientAssertion!["aud"], request.ClientAssertion["iss"], EmulatedRequest.Lifetime(request.ClientAssertion)));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("key.pem", TestData.RsaPrivatePem);

        await _client.GetTokenAsync(options => options.UseKeycloak(Realm, Client, path), _keycloak.CreateHandler());
        await _client.GetTokenAsync(options => options.UseKeycloakJwtGrant(Realm, Client, path, Idp), _keycloak.CreateHandler(), new() { Subject = User });

        Assert.Equal([null, User], _keycloak.Requests.Select(request => request.Assertion?["sub"]));
    }

    [Fact]
    public async Task The_grant_needs_the_issuer_and_a_user()
    {
        var token = await _client.GetTokenAsync(GrantSettings(), _keycloak.CreateHandler());

        var assertion = Assert.Single(_keycloak.Requests).Assertion!;
        Assert.Equal((Idp, User, Realm), (assertion["iss"], assertion["sub"], assertion["aud"]));
        Assert.Equal(0, token.Members["refresh_expires_in"].GetInt32());
    }

    [Fact]
    public async Task A_clock_that_is_some_seconds_ahead_does_not_matter_to_the_grant()
    {
        var client = new ProviderClient(new(TestData.Moment.AddSeconds(8)));
        var keycloak = new ProviderEmulator(
            null, new EmulatedRule("no clock skew", request => Age(request.Assertion!) < 0, EmulatedResponse.OAuth("invalid_grant", "Token was issued in the future")))
        {
            Respond = _ => new(200, """{ "access_token": "t", "token_type": "Bearer", "expires_in": 300 }"""),
        };

        await client.GetTokenAsync(GrantSettings(), keycloak.CreateHandler());
        var advice = await client.FailAsync(GrantSettings("""{ "Assertion": { "Backdate": "00:00:00" } }"""), keycloak.CreateHandler());

        Assert.Contains("The clock of this machine is ahead of that of Keycloak, which tolerates nothing by default.", advice, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _keycloak.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(BrokenRulesOfGrants))]
    public async Task Each_broken_rule_of_the_grant_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(GrantSettings(settings), _keycloak.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_of_another_client_is_named() => Assert.Contains(
        "The key is not the one in the tab Keys of the client.",
        await _client.FailAsync(Settings($$"""{ "SigningKey": { "Text": {{JsonValue.Create(Keys.OtherRsaPem).ToJsonString()}} } }"""), _keycloak.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Issuer": null }""", "Issuer is missing; it is the URL of the realm")]
    [InlineData("""{ "Issuer": "https://keycloak.example.com/realms/orders/" }""", "Issuer is 'https://keycloak.example.com/realms/orders/', which is not the issuer of a realm")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Client ID of a confidential client")]
    [InlineData("""{ "SigningKey": null }""", "SigningKey is missing; it is the private key whose certificate or public key is in the tab Keys of the client.")]
    public void What_is_missing_is_said_in_the_terms_of_Keycloak(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{ "Assertion": { "Issuer": null } }""", "Assertion:Issuer is missing; it is the Issuer of the identity provider in the realm")]
    [InlineData("""{ "ClientAuthentication": "None" }""", "ClientAuthentication is None, but Keycloak accepts the JWT authorization grant only from confidential clients.")]
    public void What_the_grant_needs_is_said_in_the_terms_of_Keycloak(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(GrantSettings(settings))), StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new() { ["Provider"] = "Keycloak", ["Issuer"] = Realm, ["ClientId"] = Client, ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem } }, changes);

    private static string GrantSettings(string? changes = null) => ProviderClient.Change(
        JsonNode.Parse(Settings($$"""{ "Grant": "JwtBearer", "Assertion": { "Issuer": "{{Idp}}", "Subject": "{{User}}" } }"""))!.AsObject(), changes);

    private bool IsLateWithoutIat(Jwt assertion, int seconds) =>
        !assertion.Payload.TryGetProperty("iat", out _) && assertion.Payload.GetProperty("exp").GetInt64() > _clock.GetUtcNow().ToUnixTimeSeconds() + seconds;

    private long Age(Jwt assertion) => _clock.GetUtcNow().ToUnixTimeSeconds() - assertion.Payload.GetProperty("iat").GetInt64();
}
