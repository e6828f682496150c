using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>
/// The token endpoint of Microsoft Entra ID, emulated from https://learn.microsoft.com/entra/identity-platform/certificate-credentials and the list of AADSTS codes.
/// </summary>
public sealed class EntraIdProviderTests : IAsyncDisposable
{
    private const string Tenant = "6f1d0d45-0000-4000-8000-7f0f3a1d0c11", App = "6731de76-14a6-49ae-97bc-6eba6914391e";
    private const string Endpoint = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0/token";

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly X509Certificate2 _certificate = Keys.CertificateFor(TestData.RsaKey);
    private readonly StrictAuthorizationServer _server;
    private readonly ProviderEmulator _entra;
    private readonly ProviderClient _client;

    public EntraIdProviderTests()
    {
        _client = new(_clock);
        _server = StrictAuthorizationServer.CreateInMemory(new()
        {
            Issuer = $"https://login.microsoftonline.com/{Tenant}/oauth2/v2.0", TimeProvider = _clock, Leniency = new() { AllowTokenEndpointAudience = true },
        });
        _server.RegisterClient(new() { Id = App, PublicKeyPem = TestData.RsaPublicPem });
        _entra = new(_server,
            new("the tenant exists", request => request.Url != Endpoint, Refusal(90002, "Tenant 'x' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.", "invalid_request", 400)),
            new("the application exists", request => request.Form["client_id"] != App || request.ClientAssertion?["sub"] != App, Refusal(700016, "Application with identifier 'x' was not found in the directory 'Contoso'.", "unauthorized_client", 400)),
            new("iss is the client id", request => request.ClientAssertion?["iss"] != App, Refusal(700021, "Client assertion application identifier doesn't match 'client_id' parameter.")),
            new("alg and typ", request => request.ClientAssertion!.Header.GetProperty("alg").GetString() is not ("PS256" or "RS256") || request.ClientAssertion.Header.GetProperty("typ").GetString() != "JWT",
                Refusal(50027, "JWT token is invalid or malformed.")),
            new("the certificate is registered", request => !IsRegistered(request.ClientAssertion!), Refusal(700027, "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]")),
            new("aud is the token endpoint", request => request.ClientAssertion!["aud"] != Endpoint, Refusal(700023, "Client assertion audience claim does not match Realm issuer.")),
            new("nbf and exp are valid now", request => request.ClientAssertion!.Payload.GetProperty("nbf").GetInt64() > _clock.GetUtcNow().ToUnixTimeSeconds(), Refusal(700024, "Client assertion is not within its valid time range.")),
            new("the scope ends with /.default", request => request.Form["scope"]?.EndsWith("/.default", StringComparison.Ordinal) != true,
                Refusal(1002012, "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", "invalid_scope", 400)),
            new("the API is registered", request => request.Form["scope"]!.StartsWith("api://unknown", StringComparison.Ordinal),
                Refusal(500011, "The resource principal named api://unknown was not found in the tenant named Contoso.", "invalid_resource", 400)))
        {
            Refuse = refusal => new(401, Refusal(700027, $"Client assertion failed signature validation. [{refusal.Rule}]").Body),
            EditResponse = (token, _) => token["ext_expires_in"] = 3599,
        };
    }

    public static TheoryData<string, string> BrokenRules => new()
    {
        { """{ "TenantId": "contoso.example" }""", "There is no such tenant" },
        { """{ "ClientId": "00000000-0000-0000-0000-000000000000" }""", "The tenant has no application with this client ID." },
        { """{ "ClientAssertion": { "Issuer": "someone" } }""", "The issuer of the assertion is not the client ID." },
        { """{ "ClientAssertion": { "Type": "client-authentication+jwt" } }""", "The assertion is malformed or has a wrong audience or algorithm." },
        { """{ "ClientAssertion": { "Audience": "https://login.microsoftonline.com/" } }""", "The audience of the assertion is not the token endpoint of the tenant." },
        { """{ "Scope": "api://unknown/.default" }""", "The tenant has no service principal for the API in Scope." },
        { """{ "SigningKey": { "X5tS256": false, "KeyId": "other" } }""", "The certificate of the key is not registered for the application" },
    };

    [Fact]
    public async Task A_tenant_an_application_a_certificate_and_a_scope_are_all_that_the_configuration_needs()
    {
        await _client.GetTokenAsync(Settings(), _entra.CreateHandler());

        var request = Assert.Single(_entra.Requests);
        Assert.Equal((Endpoint, "client_credentials", App), (request.Url, request.Form["grant_type"], request.Form["client_id"]));
        var assertion = request.ClientAssertion!;
        Assert.Equal(["alg", "typ", "x5t#S256"], assertion.Header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("PS256", Endpoint, App, App), (assertion.Header.GetProperty("alg").GetString(), assertion["aud"], assertion["iss"], assertion["sub"]));
        Assert.Equal(assertion["iat"], assertion["nbf"]);
    }

    [Fact]
    public async Task Code_needs_the_same()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("app.pem", Pem());

        await _client.GetTokenAsync(options => options.UseEntraId(Tenant, App, path, "https://graph.microsoft.com/.default"), _entra.CreateHandler());

        Assert.Single(_entra.Requests);
    }

    [Fact]
    public void Another_token_endpoint_is_also_the_audience()
    {
        var options = new JwtGrantOptions();
        JwtGrantClient.Setup.OptionsBinding.Bind(ProviderClient.Section(Settings("""{ "TokenEndpoint": "https://login.microsoftonline.us/t/oauth2/v2.0/token" }""")), options);

        Assert.Equal("https://login.microsoftonline.us/t/oauth2/v2.0/token", options.ClientAssertion.Audience);
    }

    [Theory]
    [MemberData(nameof(BrokenRules))]
    public async Task Each_broken_rule_fails_with_an_error_that_names_it(string settings, string advice) =>
        Assert.Contains($"). {advice}", await _client.FailAsync(Settings(settings), _entra.CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_scope_of_a_request_that_is_not_a_default_scope_is_named() => Assert.Contains(
        "The scope of client credentials ends with /.default.",
        await _client.FailAsync(Settings(), _entra.CreateHandler(), new() { Scope = "https://graph.microsoft.com/User.Read" }), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "TenantId": null }""", "TenantId is missing; it is the Directory (tenant) ID, from the overview of the app registration, or a verified domain of the tenant.")]
    [InlineData("""{ "TenantId": "common" }""", "TenantId is ")]
    [InlineData("""{ "ClientId": null }""", "ClientId is missing; it is the Application (client) ID")]
    [InlineData("""{ "Scope": null }""", "Scope is missing; it is the Application ID URI of the API and /.default")]
    [InlineData("""{ "Scope": "https://graph.microsoft.com/User.Read" }""", "Scope is 'https://graph.microsoft.com/User.Read'; expected the Application ID URI of one API and /.default")]
    [InlineData("""{ "SigningKey": { "X5tS256": false } }""", "SigningKey:X5tS256 is false, and nothing else identifies the certificate")]
    [InlineData("""{ "SigningKey": { "Algorithm": "RS512" } }""", "SigningKey:Algorithm is RS512, but Microsoft Entra ID accepts PS256 or RS256.")]
    public void What_is_missing_is_said_in_the_terms_of_Entra(string settings, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ProviderClient.Problems(Settings(settings))), StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _server.DisposeAsync();
    }

    // The description has line breaks, as the service sends it.
    private static EmulatedResponse Refusal(int code, string text, string error = "invalid_client", int status = 401) => new(status, new JsonObject
    {
        ["error"] = error,
        ["error_description"] = $"AADSTS{code}: {text} Trace ID: 0b1f0f3a-0000-4000-8000-000000000000\r\nCorrelation ID: 0b1f0f3a-0000-4000-8000-000000000001\r\nTimestamp: 2026-11-23 09:00:00Z",
        ["error_codes"] = new JsonArray(code),
    }.ToJsonString());

    private bool IsRegistered(Jwt assertion) =>
        assertion.Header.TryGetProperty("x5t#S256", out var thumbprint) && thumbprint.GetString() == Base64Url.EncodeToString(_certificate.GetCertHash(HashAlgorithmName.SHA256));

    private string Pem() => $"{TestData.RsaPrivatePem}\n{_certificate.ExportCertificatePem()}";

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "EntraId", ["TenantId"] = Tenant, ["ClientId"] = App, ["Scope"] = "https://graph.microsoft.com/.default", ["SigningKey"] = new JsonObject { ["Text"] = Pem() },
        },
        changes);
}
