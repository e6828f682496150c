using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// Auth0's token endpoint, emulated from https://auth0.com/docs/get-started/authentication-and-authorization-flow/authenticate-with-private-key-jwt.
/// </summary>
public sealed class Auth0ProviderTests : IAsyncDisposable
{
    private const string ClientId = "CLIENTID", Domain = "tenant.eu.auth0.com", Api = "https://orders.example.com";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _auth0;
    private readonly ProviderClient _client;

    public Auth0ProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = $"https://{Domain}/", TimeProvider = _clock, TokenLifetime = TimeSpan.FromDays(1), MaxAssertionLifetime = TimeSpan.FromMinutes(5), FutureTolerance = TimeSpan.FromSeconds(10),
        });
        _server.RegisterClient(new() { Id = ClientId, PublicKeyPem = TestData.RsaPublicPem, SigningAlgorithm = "RS256" });
        _auth0 = new(_server,
            new("the path of the endpoint", request => request.Url != $"https://{Domain}/oauth/token", new(404, "Not Found")),
            new("client credentials", request => request.Form["grant_type"] != "client_credentials", EmulatedResponse.OAuth("unauthorized_client", "Grant type 'urn:ietf:params:oauth:grant-type:jwt-bearer' not allowed for the client.", 403)),
            new("at most 2,048 bytes", request => request.Form["client_assertion"]!.Length > 2048, EmulatedResponse.OAuth("invalid_request", "client_assertion is too long")),
            new("the application is known", request => request.ClientAssertion!["iss"] != ClientId, EmulatedResponse.OAuth("access_denied", "Unauthorized", 401)),
            new("aud is the tenant with its slash", request => request.ClientAssertion!["aud"] != $"https://{Domain}/", EmulatedResponse.OAuth("invalid_client", "Failed client authentication", 401)),
            new("an API", request => request.Form["audience"] is null, EmulatedResponse.OAuth("access_denied", "No audience parameter was provided, and no default audience has been configured", 403)),
            new("an API that exists", request => request.Form["audience"] is not (Api or "https://billing.example.com"), EmulatedResponse.OAuth("access_denied", "Service not found: https://unknown.example.com", 403)),
            new("an API of the application", request => request.Form["audience"] != Api,
                EmulatedResponse.OAuth("access_denied", "Client is not authorized to access \"https://billing.example.com\". You need to create a \"client-grant\" associated to this API.", 403)),
            new("scopes of the application", request => request.Form["scope"] == "delete:orders", EmulatedResponse.OAuth("access_denied", "Client has not been granted scopes: delete:orders", 403)))
        {
            Refuse = refusal => EmulatedResponse.OAuth("invalid_client", refusal.Rule == "S15" ? "'exp' claim must specify a time that is no more than 5 minutes after 'iat'" : "Failed client authentication", 401),
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { $$"""{ "ClientAssertion": { "Audience": "https://{{Domain}}" } }""", "Auth0 does not accept the client assertion, and says why only in Monitoring > Logs" },
        { $$"""{ "ClientAssertion": { "Audience": "https://{{Domain}}/oauth/token" } }""", "Auth0 does not accept the client assertion" },
        { """{ "SigningKey": { "Algorithm": "PS256" } }""", "Auth0 does not accept the client assertion" },
        { """{ "ClientId": "OTHER" }""", "Auth0 does not know the application in this tenant" },
        { """{ "ApiIdentifier": "https://unknown.example.com" }""", "There is no API with this Identifier." },
        { """{ "ApiIdentifier": "https://billing.example.com" }""", "The application may not use this API. Authorize it" },
        { """{ "Scope": "delete:orders" }""", "The application does not have these scopes for the API." },
        { """{ "Grant": "JwtBearer" }""", "The application does not allow client credentials." },
    };

    [Fact]
    public async Task A_domain_a_client_an_API_and_a_key_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _auth0.CreateHandler());

        Assert.Equal(TestData.Moment.AddDays(1), token.ExpiresAt);
        var request = Assert.Single(_auth0.Requests);
        Assert.Equal((Api, null, null), (request.Form["audience"], request.Form["resource"], request.Form["scope"]));
        Assert.Equal((ClientId, ClientId, $"https://{Domain}/"), (request.ClientAssertion!["iss"], request.ClientAssertion["sub"], request.ClientAssertion["aud"]));
        Assert.Equal(60, EmulatedRequest.Lifetime(request.ClientAssertion));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("auth0.pem", TestData.RsaPrivatePem);

        await _client.GetTokenAsync(options => options.UseAuth0(Domain, ClientId, path, Api, "read:orders"), _auth0.CreateHandler());

        var request = Assert.Single(_auth0.Requests);
        Assert.Equal((Api, "read:orders"), (request.Form["audience"], request.Form["scope"]));
    }

    [Fact]
    public async Task The_longest_assertion_that_Auth0_accepts_is_5_min() => Assert.NotNull(
        (await _client.GetTokenAsync(Settings("""{ "ClientAssertion": { "Lifetime": "00:05:00" } }"""), _auth0.CreateHandler())).Value);

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _auth0.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "Domain": null }""", "Domain is missing; it is the Domain of the tenant, such as tenant.eu.auth0.com")]
    [InlineData("""{ "Domain": "https://tenant.eu.auth0.com/" }""", "Domain is 'https://tenant.eu.auth0.com/', which is not a host name.")]
    [InlineData("""{ "ApiIdentifier": null }""", "ApiIdentifier is missing; it is the Identifier of the API that the tokens are for")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Client ID of the machine-to-machine application")]
    [InlineData("""{ "SigningKey": { "Text": null } }""", "SigningKey is missing; it is the private key whose public key is a credential of the application")]
    [InlineData("""{ "SigningKey": { "Algorithm": "RS512" } }""", "SigningKey:Algorithm is RS512, but Auth0 accepts RS256 or RS384 or PS256.")]
    [InlineData("""{ "ClientAssertion": { "Lifetime": "00:06:00" } }""", "ClientAssertion:Lifetime is 00:06:00, but Auth0 accepts at most 00:05:00.")]
    [InlineData("""{ "Resource": [ "https://orders.example.com" ] }""", "Resource is set, but Auth0 names the API by the parameter audience.")]
    public void What_is_missing_is_said_in_the_terms_of_Auth0(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "Auth0", ["Domain"] = Domain, ["ClientId"] = ClientId, ["ApiIdentifier"] = Api,
            ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem },
        },
        changes);
}
