using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The token endpoint of HelseID, emulated from the pages about client assertions, DPoP proofs, the token endpoint and error messages of
/// https://utviklerportal.nhn.no/informasjonstjenester/helseid.
/// </summary>
public sealed class HelseIDProviderTests : IAsyncDisposable
{
    private const string Client = "7f403543-e7bf-4e42-9988-fc29d61a2563", Scope = "nhn:deft/api", Nonce = "nonce-1";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _helseId;
    private readonly ProviderClient _client;
    private readonly HashSet<string> _ids = [];

    public HelseIDProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new() { Issuer = "https://helseid-sts.nhn.no", TimeProvider = _clock, MaxAssertionLifetime = TimeSpan.FromSeconds(60) });
        _server.RegisterClient(new() { Id = Client, PublicKeyPem = TestData.RsaPublicPem });
        var invalidClient = new EmulatedResponse(400, """{ "error": "invalid_client" }""");
        _helseId = new(_server,
            new("the path of the token endpoint", request => request.Url != "https://helseid-sts.nhn.no/connect/token", new(404, "")),
            new("client_id", request => request.Form["client_id"] is null, new(400, """{ "error": "invalid_request" }""")),
            new("a client assertion is used once", request => request.ClientAssertion is { } assertion && !_ids.Add(assertion["jti"]!), invalidClient),
            new("typ is JWT, and the claims", request => request.ClientAssertion is not { } assertion || assertion.Header.GetProperty("typ").GetString() != "JWT" || assertion["nbf"] is null, invalidClient),
            new("exp is at most 60 s ahead", request => request.ClientAssertion!.Payload.GetProperty("exp").GetInt64() - _clock.GetUtcNow().ToUnixTimeSeconds() is < 0 or > 60, invalidClient),
            new("organization numbers have nine digits", request => request.ClientAssertion!["authorization_details"]?.Contains(" 100", StringComparison.Ordinal) == true,
                EmulatedResponse.OAuth("invalid_request", "HID-1004: The format of the organization number was incorrect.")),
            new("a DPoP proof", request => request.Proof is null, EmulatedResponse.OAuth("invalid_dpop_proof", "Missing DPoP proof value.")),
            new("the nonce of HelseID", request => request.Proof!["nonce"] != Nonce, EmulatedResponse.OAuth("use_dpop_nonce", "Authorization server requires nonce in DPoP proof") with { Nonce = Nonce }),
            new("the client has the scope", request => request.Form["scope"] != Scope, new(400, """{ "error": "invalid_scope" }""")))
        {
            Refuse = _ => invalidClient,
            EditResponse = (token, _) => token["token_type"] = "DPoP",
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "ClientId": "00000000-0000-0000-0000-000000000000" }""", "HelseID does not know the client or its key, or the client assertion is not as it expects" },
        { """{ "ClientAssertion": { "Type": "client-authentication+jwt" } }""", "HelseID does not know the client or its key, or the client assertion is not as it expects" },
        { """{ "ClientAssertion": { "Audience": "https://helseid-sts.nhn.no/connect/token/" } }""", "HelseID does not know the client or its key, or the client assertion is not as it expects: aud is the issuer" },
        { """{ "SendClientId": false }""", "The token request is not as HelseID expects it. A usual cause is a missing client_id" },
        { """{ "Scope": "openid" }""", "The client may not request the scope, or it is one of sign-in" },
        { """{ "ClientAssertion": { "Claims": { "authorization_details": "parent 100" } } }""", "An organization number has nine digits" },
    };

    [Fact]
    public async Task A_client_a_key_and_a_scope_are_all_that_the_configuration_needs()
    {
        var token = await _client.GetTokenAsync(Settings(), _helseId.CreateHandler());

        Assert.Equal("DPoP", token.Type);
        Assert.Equal([null, Nonce], _helseId.Requests.Select(request => request.Proof!["nonce"]));
        Assert.Equal(2, _helseId.Requests.Select(request => request.ClientAssertion!["jti"]).Distinct().Count());
        var assertion = _helseId.Requests[^1].ClientAssertion!;
        Assert.Equal(("https://helseid-sts.nhn.no", Client, Client, 50), (assertion["aud"], assertion["iss"], assertion["sub"], EmulatedRequest.Lifetime(assertion)));
        Assert.Equal(assertion["iat"], assertion["nbf"]);
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();

        await _client.GetTokenAsync(options => options.UseHelseID(Client, folder.Write("key.pem", TestData.RsaPrivatePem), Scope), _helseId.CreateHandler());

        Assert.Equal(2, _helseId.Requests.Count);
    }

    [Fact]
    public void The_test_environment_has_its_own_audience_and_endpoint()
    {
        var options = new JwtGrantOptions();
        options.UseHelseID(Client, "key.jwk", Scope, test: true);

        Assert.Equal(("https://helseid-sts.test.nhn.no", "https://helseid-sts.test.nhn.no/connect/token"), (options.Issuer, options.TokenEndpoint));
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _helseId.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task The_key_of_another_client_is_named() => Assert.Contains(
        "HelseID does not know the client or its key",
        await _client.FailAsync(Settings($$"""{ "SigningKey": { "Text": {{JsonValue.Create(Keys.OtherRsaPem).ToJsonString()}} } }"""), _helseId.CreateHandler()), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the client ID of the client configuration")]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it has the scopes of the API in the client configuration")]
    [InlineData("""{ "Environment": "Staging" }""", "Environment is 'Staging', which is neither Production nor Test.")]
    [InlineData("""{ "DPoP": { "Enabled": false } }""", "DPoP:Enabled is false, but HelseID issues only tokens that are bound by DPoP.")]
    [InlineData("""{ "ClientAssertion": { "Lifetime": "00:01:01" } }""", "ClientAssertion:Lifetime is 00:01:01, but HelseID accepts at most 00:01:00.")]
    [InlineData("""{ "ClientAuthentication": "MutualTls" }""", "ClientAuthentication is MutualTls, but HelseID accepts only PrivateKeyJwt.")]
    public void What_is_wrong_is_said_in_the_terms_of_HelseID(string settings, string problem) =>
        Assert.Contains(ProviderClient.Problems(Settings(settings)), found => found.StartsWith(problem, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Settings(string? changes = null) => ProviderClient.Change(
        new() { ["Provider"] = "HelseID", ["ClientId"] = Client, ["Scope"] = Scope, ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem } }, changes);
}
