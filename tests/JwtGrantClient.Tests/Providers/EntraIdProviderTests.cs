using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>The providers EntraId, EntraIdFederated and EntraIdOnBehalfOf at the emulated token endpoint of Microsoft Entra ID.</summary>
public sealed class EntraIdProviderTests : IAsyncDisposable
{
    private const string Tenant = EntraIdTokenEndpoint.Tenant, App = EntraIdTokenEndpoint.App, Endpoint = EntraIdTokenEndpoint.Url;

    private readonly FakeTimeProvider _clock = new(TestData.Moment);
    private readonly X509Certificate2 _certificate = Keys.CertificateFor(TestData.RsaKey);
    private readonly EntraIdTokenEndpoint _endpoint;
    private readonly ProviderEmulator _entra;
    private readonly ProviderClient _client;

    public EntraIdProviderTests()
    {
        _client = new(_clock);
        _endpoint = new(_clock, _certificate);
        _entra = _endpoint.ClientCredentials;
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
    public async Task The_older_identification_of_the_certificate_is_accepted()
    {
        await _client.GetTokenAsync(Settings("""{ "SigningKey": { "Algorithm": "RS256", "X5t": true, "X5tS256": false } }"""), _entra.CreateHandler());

        Assert.Equal(["alg", "typ", "x5t"], Assert.Single(_entra.Requests).ClientAssertion!.Header.EnumerateObject().Select(member => member.Name));
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
        advice, await _client.FailAsync(Settings(), ProviderEmulator.Refusing(EntraIdTokenEndpoint.Refusal(code, text)).CreateHandler()), StringComparison.Ordinal);

    [Fact]
    public async Task A_clock_that_is_wrong_is_named()
    {
        _clock.Advance(TimeSpan.FromHours(2));

        var advice = await new ProviderClient(new(TestData.Moment)).FailAsync(Settings(), _entra.CreateHandler());

        Assert.Contains("). The assertion is not valid now: the clock of this machine is wrong", advice, StringComparison.Ordinal);
    }

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
        var token = EntraIdTokenEndpoint.CreatePlatformToken(TestData.Moment.AddHours(1));
        var path = folder.Write("azure-identity-token", token);
        var entra = _endpoint.Federated;

        await _client.GetTokenAsync(Federated(path), entra.CreateHandler());
        await _client.GetTokenAsync(options => options.UseEntraIdFederated(Tenant, App, path, "https://graph.microsoft.com/.default"), entra.CreateHandler());

        Assert.Equal(2, entra.Requests.Count);
        Assert.All(entra.Requests, request => Assert.Equal((Endpoint, token, App), (request.Url, request.Form["client_assertion"], request.Form["client_id"])));
    }

    [Theory]
    [InlineData("https://issuer.example.com", EntraIdTokenEndpoint.PlatformSubject, EntraIdTokenEndpoint.PlatformAudience, "No federated credential of the application has the iss of the token.")]
    [InlineData(EntraIdTokenEndpoint.PlatformIssuer, "system:serviceaccount:batch:other", EntraIdTokenEndpoint.PlatformAudience, "No federated credential of the application has the sub of the token.")]
    [InlineData(EntraIdTokenEndpoint.PlatformIssuer, EntraIdTokenEndpoint.PlatformSubject, "https://kubernetes.default.svc", "No federated credential of the application has the aud of the token.")]
    public async Task A_federated_credential_that_does_not_fit_is_named(string issuer, string subject, string audience, string advice)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("token", EntraIdTokenEndpoint.CreatePlatformToken(TestData.Moment.AddHours(1), issuer, subject, audience));

        Assert.Contains($"). {advice}", await _client.FailAsync(Federated(path), _endpoint.Federated.CreateHandler()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_federated_client_without_a_token_is_told_where_it_is() => Assert.Equal(
        "ClientAssertion:TokenFile is missing; it is the file with the token of the platform, which AKS names in AZURE_FEDERATED_TOKEN_FILE, unless ClientAssertion:From names another client. Microsoft Entra ID needs it. See docs/providers/entra-id-federated.md.",
        Assert.Single(ProviderClient.Problems(Federated(null))));

    [Fact]
    public async Task A_token_of_a_user_is_exchanged_on_behalf_of_the_user()
    {
        var entra = _endpoint.OnBehalfOf;
        var token = EntraIdTokenEndpoint.CreateUserToken(TestData.Moment.AddHours(1));

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
        $"). {advice}", await _client.FailAsync(OnBehalfOf(), _endpoint.OnBehalfOf.CreateHandler(), new() { Assertion = EntraIdTokenEndpoint.CreateUserToken(TestData.Moment.AddHours(1), audience) }), StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        await _endpoint.DisposeAsync();
    }

    private static string Federated(string? tokenFile) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "EntraIdFederated", ["TenantId"] = Tenant, ["ClientId"] = App, ["Scope"] = "https://graph.microsoft.com/.default",
            ["ClientAssertion"] = new JsonObject { ["TokenFile"] = tokenFile },
        },
        null);

    private string OnBehalfOf() => Settings("""{ "Provider": "EntraIdOnBehalfOf", "Scope": "https://graph.microsoft.com/User.Read" }""");

    private string Pem() => $"{TestData.RsaPrivatePem}\n{_certificate.ExportCertificatePem()}";

    private string Settings(string? changes = null) => ProviderClient.Change(
        new()
        {
            ["Provider"] = "EntraId", ["TenantId"] = Tenant, ["ClientId"] = App, ["Scope"] = "https://graph.microsoft.com/.default", ["SigningKey"] = new JsonObject { ["Text"] = Pem() },
        },
        changes);
}
