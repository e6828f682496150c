using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The token endpoint of Maskinporten, emulated from https://docs.digdir.no/docs/Maskinporten/maskinporten_protocol_jwtgrant and its page of errors
/// (maskinporten_feilsoking).
/// </summary>
public sealed class MaskinportenProviderTests : IAsyncDisposable
{
    private const string Client = "2b1c4e0a-7a4f-4c57-8d6c-4f0f6f1d2a3b", Kid = "maskinporten-1", Scope = "difitest:test1";

    private static readonly HashSet<string> KnownClaims = ["aud", "iss", "iat", "exp", "jti", "scope", "resource", "consumer_org", "iss_onbehalfof", "authorization_details"];

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _maskinporten;
    private readonly ProviderClient _client;

    public MaskinportenProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = "https://maskinporten.no/", TimeProvider = _clock, TokenLifetime = TimeSpan.FromSeconds(599), MaxAssertionLifetime = TimeSpan.FromSeconds(120),
            Leniency = new() { AllowMissingSub = true },
        });
        _server.TrustIssuer(new() { Issuer = Client, PublicKeyPem = TestData.RsaPublicPem });
        _maskinporten = new(_server,
            new("only grant_type and assertion", request => !request.Form.AllKeys.SequenceEqual(["grant_type", "assertion"]), EmulatedResponse.OAuth("invalid_request", "Invalid assertion. Invalid parameter value")),
            new("the client exists in this environment", request => request.Assertion!["iss"] != Client || !request.Url.StartsWith("https://maskinporten.no/", StringComparison.Ordinal),
                EmulatedResponse.OAuth("invalid_grant", "Authentication of client by JWT failed. Client not found (trace_id: 1a2b)")),
            new("aud is the environment with its slash", request => request.Assertion!["aud"] != "https://maskinporten.no/",
                EmulatedResponse.OAuth("invalid_grant", "Invalid assertion. Client authentication failed. Invalid JWT claim aud (trace_id: 1a2b)")),
            new("no other claims", request => request.Assertion!.Payload.EnumerateObject().Any(claim => !KnownClaims.Contains(claim.Name)), EmulatedResponse.OAuth("invalid_grant", "Invalid assertion (trace_id: 1a2b)")),
            new("a scope", request => request.Assertion!["scope"] is null, EmulatedResponse.OAuth("invalid_grant", "Invalid assertion. Missing JWT claim scope (trace_id: 1a2b)")),
            new("kid is one of the keys of the client", request => request.Assertion!.Header.GetProperty("kid").GetString() != Kid,
                EmulatedResponse.OAuth("invalid_grant", "Invalid assertion. Client authentication failed. (trace_id: 1a2b)")),
            new("iat is within 10 s", request => Math.Abs(request.Assertion!.Payload.GetProperty("iat").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds()) > 10,
                EmulatedResponse.OAuth("invalid_grant", "Invalid assertion. Client authentication failed. Invalid JWT claim iat (trace_id: 1a2b)")),
            new("the scope is for machines", request => request.Assertion!["scope"] == "openid",
                EmulatedResponse.OAuth("invalid_scope", "Invalid scope - Token request contains scopes with integration types only allowed for user login (trace_id: 1a2b)")),
            new("the client has the scope", request => request.Assertion!["scope"] != Scope,
                EmulatedResponse.OAuth("invalid_scope", "Invalid scope - Token request contains invalid scopes for client (trace_id: 1a2b)")))
        {
            Refuse = refusal => refusal.Rule switch
            {
                "S08" => EmulatedResponse.OAuth("invalid_grant", "Validation of JWT failed. Could not validate JWT Signature"),
                "S16" => EmulatedResponse.OAuth("invalid_grant", "Validation of JWT Bearer grant failed. Grant is used before"),
                _ => EmulatedResponse.OAuth("invalid_grant", $"Authentication of client by JWT failed. JWT is expired ({refusal.Rule})"),
            },
            EditResponse = (token, _) => token["scope"] = Scope,
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "Issuer": "https://maskinporten.no" }""", "The audience (aud below) is not the environment of the client" },
        { """{ "Assertion": { "Audience": "https://maskinporten.no/token" } }""", "The audience (aud below) is not the environment of the client" },
        { """{ "Environment": "Test" }""", "There is no client with the ID in iss in this environment." },
        { """{ "ClientId": "other" }""", "There is no client with the ID in iss in this environment." },
        { """{ "SigningKey": { "KeyId": "other" } }""", "Maskinporten does not know the client, or not its key." },
        { """{ "Scope": "difitest:test2" }""", "The client does not have the scope." },
        { """{ "Scope": "openid" }""", "The scope is only for users who sign in with ID-porten" },
        { """{ "Assertion": { "Claims": { "department": "tax" } } }""", "The assertion has a claim that Maskinporten does not know" },
        { """{ "SendClientId": true }""", "The assertion has a claim that Maskinporten does not know" },
    };

    [Fact]
    public async Task A_client_a_key_and_a_scope_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _maskinporten.CreateHandler());

        Assert.Equal(TestData.Moment.AddSeconds(599), token.ExpiresAt);
        var request = Assert.Single(_maskinporten.Requests);
        Assert.Equal("https://maskinporten.no/token", request.Url);
        Assert.Equal((Client, "https://maskinporten.no/", Scope), (request.Assertion!["iss"], request.Assertion["aud"], request.Assertion["scope"]));
        Assert.Equal(["alg", "typ", "kid"], request.Assertion.Header.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();

        await _client.GetTokenAsync(options => options.UseMaskinporten(Client, folder.Write("key.pem", TestData.RsaPrivatePem), Scope, Kid), _maskinporten.CreateHandler());

        Assert.Single(_maskinporten.Requests);
    }

    [Fact]
    public async Task The_resource_and_the_consumer_are_claims()
    {
        await _client.GetTokenAsync(Settings("""{ "Assertion": { "Claims": { "resource": [ "https://api.example.no" ], "consumer_org": "910753614" } } }"""), _maskinporten.CreateHandler());

        var assertion = Assert.Single(_maskinporten.Requests).Assertion!;
        Assert.Equal(("""["https://api.example.no"]""", "910753614"), (assertion["resource"], assertion["consumer_org"]));
    }

    [Fact]
    public void The_test_environment_has_its_own_audience_and_endpoint()
    {
        var options = new JwtGrantOptions();
        options.UseMaskinporten(Client, "key.jwk", Scope, test: true);

        Assert.Equal(("https://test.maskinporten.no/", "https://test.maskinporten.no/token"), (options.Issuer, options.TokenEndpoint));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _maskinporten.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_user_in_the_token_request_is_named() => Assert.Contains(
        "The assertion has a claim that Maskinporten does not know, such as sub",
        await _client.FailAsync(Settings(), _maskinporten.CreateHandler(), new() { Subject = "12345678901" }), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_of_another_client_is_named() => Assert.Contains(
        "The key (kid below) is not one of the client",
        await _client.FailAsync(Settings($$"""{ "SigningKey": { "Text": {{JsonValue.Create(Keys.OtherRsaPem).ToJsonString()}} } }"""), _maskinporten.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_wrong_clock_is_named()
    {
        var client = new ProviderClient(new(TestData.Moment.AddSeconds(30)));

        Assert.Contains("iat may differ from the clock of Maskinporten by at most 10 s.", await client.FailAsync(Settings(), _maskinporten.CreateHandler()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the client ID of the integration, a GUID")]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the scopes that are added to the client")]
    [InlineData("""{ "ScopePlacement": "Parameter" }""", "ScopePlacement is Parameter, but Maskinporten reads the scope from a claim with spaces.")]
    [InlineData("""{ "Environment": "Staging" }""", "Environment is 'Staging', which is neither Production nor Test.")]
    [InlineData("""{ "SigningKey": { "KeyId": null } }""", "SigningKey:KeyId is missing; it is the kid of the key in the list of keys of the client")]
    [InlineData("""{ "SigningKey": { "Algorithm": "PS256" } }""", "SigningKey:Algorithm is PS256, but Maskinporten accepts RS256 or RS384 or RS512.")]
    [InlineData("""{ "Resource": [ "https://api.example.no" ] }""", "Resource is set, but Maskinporten expects the resource as a claim")]
    [InlineData("""{ "Assertion": { "Lifetime": "00:02:01" } }""", "Assertion:Lifetime is 00:02:01, but Maskinporten accepts at most 00:02:00.")]
    [InlineData("""{ "Assertion": { "Backdate": "00:00:11" } }""", "Assertion:Backdate is 00:00:11, but Maskinporten accepts iat only within 10 s")]
    [InlineData("""{ "Assertion": { "NotBefore": true } }""", "Assertion:NotBefore is set, but Maskinporten refuses assertions with nbf.")]
    [InlineData("""{ "Assertion": { "Subject": "x" } }""", "Assertion:Subject is set, but Maskinporten refuses assertions with sub.")]
    public void What_is_wrong_is_said_in_the_terms_of_Maskinporten(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    [Fact]
    public void A_certificate_needs_no_key_id()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var pem = JsonValue.Create($"{TestData.RsaPrivatePem}\n{certificate.ExportCertificatePem()}").ToJsonString();

        Assert.Empty(ProviderClient.Problems(Settings($$"""{ "SigningKey": { "Text": {{pem}}, "KeyId": null, "X5c": true, "X5cRoot": true } }""")));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new() { ["Provider"] = "Maskinporten", ["ClientId"] = Client, ["Scope"] = Scope, ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem, ["KeyId"] = Kid } }, changes);
}
