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

    [Theory]
    [InlineData(5002723, "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.", "The header of the assertion does not identify the certificate. Remove SigningKey:X5tS256")]
    [InlineData(50012, "Client assertion contains an invalid signature. [Reason - The key used is expired.]", "The signature does not fit the registered certificate, or that certificate has expired. Upload the certificate of SigningKey")]
    [InlineData(50027, "JWT token is invalid or malformed.", "Remove ClientAssertion:Audience, ClientAssertion:Type, ClientAssertion:OmittedClaims and SigningKey:Algorithm")]
    public async Task An_assertion_that_is_refused_names_the_cure(int code, string text, string advice) => Assert.Contains(
        advice, await _client.FailAsync(Settings(), ProviderEmulator.Refusing(Refusal(code, text)).CreateHandler()), StringComparison.Ordinal);

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

    [Fact]
    public async Task A_token_of_the_platform_authenticates_the_application_unchanged()
    {
        using var folder = new TemporaryFolder();
        var token = Jwt.CreateFake($$"""{"iss":"https://oidc.prod-aks.azure.com/1","sub":"system:serviceaccount:batch:worker","aud":"api://AzureADTokenExchange","exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}}}""");
        var path = folder.Write("azure-identity-token", token);
        var entra = CreateFederated();

        await _client.GetTokenAsync(Federated(path), entra.CreateHandler());
        await _client.GetTokenAsync(options => options.UseEntraIdFederated(Tenant, App, path, "https://graph.microsoft.com/.default"), entra.CreateHandler());

        Assert.Equal(2, entra.Requests.Count);
        Assert.All(entra.Requests, request => Assert.Equal((Endpoint, token, App), (request.Url, request.Form["client_assertion"], request.Form["client_id"])));
    }

    [Theory]
    [InlineData("https://issuer.example.com", "system:serviceaccount:batch:worker", "api://AzureADTokenExchange", "No federated credential of the application has the iss of the token.")]
    [InlineData("https://oidc.prod-aks.azure.com/1", "system:serviceaccount:batch:other", "api://AzureADTokenExchange", "No federated credential of the application has the sub of the token.")]
    [InlineData("https://oidc.prod-aks.azure.com/1", "system:serviceaccount:batch:worker", "https://kubernetes.default.svc", "No federated credential of the application has the aud of the token.")]
    public async Task A_federated_credential_that_does_not_fit_is_named(string issuer, string subject, string audience, string advice)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("token", Jwt.CreateFake($$"""{"iss":"{{issuer}}","sub":"{{subject}}","aud":"{{audience}}","exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}}}"""));

        Assert.Contains($"). {advice}", await _client.FailAsync(Federated(path), CreateFederated().CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_federated_client_without_a_token_is_told_where_it_is() => Assert.Equal(
        "ClientAssertion:TokenFile is missing; it is the file with the token of the platform, which AKS names in AZURE_FEDERATED_TOKEN_FILE, unless ClientAssertion:From names another client. Microsoft Entra ID needs it. See docs/providers/entra-id-federated.md.",
        Assert.Single(ProviderClient.Problems(Federated(null))));

    [Fact]
    public async Task A_token_of_a_user_is_exchanged_on_behalf_of_the_user()
    {
        var entra = CreateOnBehalfOf();
        var token = UserToken(App);

        await _client.GetTokenAsync(OnBehalfOf(), entra.CreateHandler(), new() { Assertion = token });

        var request = Assert.Single(entra.Requests);
        Assert.Equal(
            ("urn:ietf:params:oauth:grant-type:jwt-bearer", "on_behalf_of", token, "https://graph.microsoft.com/User.Read"),
            (request.Form["grant_type"], request.Form["requested_token_use"], request.Form["assertion"], request.Form["scope"]));
        Assert.Equal(("PS256", Endpoint), (request.ClientAssertion!.Header.GetProperty("alg").GetString(), request.ClientAssertion["aud"]));
    }

    [Theory]
    [InlineData("00000003-0000-0000-c000-000000000000", "The token of the user is not for this API: its aud is another application.")]
    [InlineData("mfa", "The user must sign in again, for multifactor authentication or by a Conditional Access policy")]
    public async Task A_token_of_a_user_that_is_refused_is_explained(string audience, string advice) => Assert.Contains(
        $"). {advice}", await _client.FailAsync(OnBehalfOf(), CreateOnBehalfOf().CreateHandler(), new() { Assertion = UserToken(audience) }), StringComparison.Ordinal);

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

    private static ProviderEmulator CreateFederated() => new(server: null,
        new("the token endpoint of the tenant", request => request.Url != Endpoint, Refusal(90002, "Tenant not found.", "invalid_request", 400)),
        new("client_id accompanies the assertion", request => request.Form["client_id"] != App, Refusal(700016, "Application not found.", "unauthorized_client", 400)),
        new("the issuer", request => request.ClientAssertion!["iss"] != "https://oidc.prod-aks.azure.com/1", Refusal(700211, "No matching federated identity record found for presented assertion issuer.")),
        new("the subject", request => request.ClientAssertion!["sub"] != "system:serviceaccount:batch:worker", Refusal(700213, "No matching federated identity record found for presented assertion subject.")),
        new("the audience", request => request.ClientAssertion!["aud"] != "api://AzureADTokenExchange", Refusal(700212, "No matching federated identity record found for presented assertion audience.")))
    {
        Respond = _ => new(200, Reply.TokenJson),
    };

    private ProviderEmulator CreateOnBehalfOf() => new(server: null,
        new("the certificate is registered", request => !IsRegistered(request.ClientAssertion!), Refusal(700027, "The certificate is not registered.")),
        new("requested_token_use", request => request.Form["requested_token_use"] != "on_behalf_of", Refusal(900144, "The request body must contain the following parameter.", "invalid_request", 400)),
        new("multifactor authentication", request => request.Assertion!["aud"] == "mfa", Refusal(50079, "The user must enroll in multi-factor authentication.", "interaction_required", 400)),
        new("the token is for this API", request => request.Assertion!["aud"] != App, Refusal(500131, "Assertion audience does not match the Client app presenting the assertion.", "invalid_grant", 400)))
    {
        Respond = _ => new(200, Reply.TokenJson),
    };

    private static string UserToken(string audience) => Jwt.CreateFake($$"""{"sub":"user-1","aud":"{{audience}}","exp":{{TestData.Moment.AddHours(1).ToUnixTimeSeconds()}}}""");

    private static string Federated(string? tokenFile) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "EntraIdFederated", ["TenantId"] = Tenant, ["ClientId"] = App, ["Scope"] = "https://graph.microsoft.com/.default",
            ["ClientAssertion"] = new JsonObject { ["TokenFile"] = tokenFile },
        },
        null);

    private string OnBehalfOf() => Settings("""{ "Provider": "EntraIdOnBehalfOf", "Scope": "https://graph.microsoft.com/User.Read" }""");

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
