using System.Text.Json.Nodes;
using JwtGrantClient.Setup;
using JwtGrantClient.Tests.Providers.Emulators;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.Tests.TokenEndpoint;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.Providers;

/// <summary>A refusal names the settings that replace a default of the provider, because a provider often gives no reason.</summary>
public sealed class ProviderOverridesTests
{
    public static TheoryData<string, string, string> Settings => new()
    {
        { "HelseID", """{ "ClientId": "c" }""", "" },
        { "HelseID", """{ "Environment": "Test" }""", "" },
        { "HelseID", """{ "ClientAssertion": { "Audience": "https://helseid-sts.nhn.no/connect/token" } }""", "ClientAssertion:Audience" },
        { "HelseID", """{ "Issuer": "https://helseid-sts.nhn.no/", "ClientAssertion": { "NotBefore": false, "Type": "client-authentication+jwt" } }""", "Issuer ClientAssertion:Type ClientAssertion:NotBefore" },
        { "Okta", """{ "Issuer": "https://dev-1.okta.com/oauth2/default", "ClientId": "c" }""", "" },
        { "Okta", """{ "Domain": "dev-1.okta.com", "ClientId": "c" }""", "" },
        { "Auth0", """{ "Domain": "tenant.auth0.com", "ClientId": "c" }""", "" },
        { "Keycloak", """{ "Issuer": "https://keycloak.example.com/realms/orders", "ClientId": "c", "Grant": "JwtBearer" }""", "" },
        { "Maskinporten", """{ "SendClientId": true, "Assertion": { "OmittedClaims": [ "jti" ] } }""", "SendClientId Assertion:OmittedClaims" },
        { "EntraId", """{ "TenantId": "00000000-0000-0000-0000-000000000001", "ClientId": "c", "ClientAssertion": { "Backdate": "00:01:00" } }""", "ClientAssertion:Backdate" },
        { "Box", """{ "UserId": "7" }""", "" },
        { "Anthropic", """{ "RequestEncoding": "Form" }""", "RequestEncoding" },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public void Only_settings_that_differ_from_the_defaults_are_named(string provider, string settings, string overrides)
    {
        var options = new JwtGrantOptions();

        OptionsBinding.Bind(ProviderClient.Section(ProviderClient.Change(new() { ["Provider"] = provider }, settings)), options);

        Assert.Equal(overrides, string.Join(' ', ProviderOverrides.Find(options)));
    }

    [Fact]
    public void Without_a_provider_nothing_is_named() => Assert.Empty(ProviderOverrides.Find(TestClient.Options()));

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{ "ClientAssertion": { "Audience": "https://helseid-sts.nhn.no/connect/token" } }""", true)]
    public async Task An_error_without_a_reason_names_them(string changes, bool isNamed)
    {
        using var handler = new StubHandler(_ => new EmulatedResponse(400, """{ "error": "invalid_client" }""").ToMessage());
        var settings = new JsonObject
        {
            ["Provider"] = "HelseID", ["ClientId"] = "c", ["Scope"] = "nhn:deft/api", ["SigningKey"] = new JsonObject { ["Text"] = TestData.RsaPrivatePem },
        };

        var error = await Assert.ThrowsAsync<JwtGrantException>(
            () => new ProviderClient(new FakeTimeProvider(TestData.Moment)).GetTokenAsync(ProviderClient.Change(settings, changes), handler));

        Assert.Equal(isNamed, error.Message.Contains("\nThe configuration replaces defaults of the provider HelseID: ClientAssertion:Audience.\n", StringComparison.Ordinal));
        Assert.Contains("kid is that of the key in the client configuration", error.FirstLine(), StringComparison.Ordinal);
    }
}
