using System.Collections;
using System.Reflection;
using System.Text;
using JwtGrantClient.Tests.Conventions;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

public sealed class OptionsBindingTests
{
    /// <summary>Every configuration key, with a value other than its default.</summary>
    private const string EveryKey = """
        { "JwtGrant": { "Reports": {
          "Provider": "GoogleServiceAccount",
          "Issuer": "https://as.example.com",
          "TokenEndpoint": "https://as.example.com/token",
          "ClientId": "batch-worker",
          "Grant": "ClientCredentials",
          "ClientAuthentication": "PrivateKeyJwt",
          "RevocationEndpoint": "https://as.example.com/revoke",
          "TokenEndpointOrigins": [ "https://as.example.com" ],
          "ClientSecret": "secret", "ClientSecretEnvironmentVariable": "SECRET", "ClientSecretFile": "secret.txt",
          "ClientCertificate": { "Path": "tls.crt", "KeyPath": "tls.key", "Password": "password", "PasswordEnvironmentVariable": "PASSWORD", "PasswordFile": "password.txt" },
          "TrustedCertificates": "ca.pem",
          "TokenExchange": {
            "SubjectTokenFile": "subject.jwt", "SubjectTokenFrom": "hr", "SubjectTokenFromRequest": true, "ActorTokenFrom": "crm", "SubjectTokenType": "urn:ietf:params:oauth:token-type:id_token",
            "ActorTokenFile": "actor.jwt", "ActorTokenType": "urn:ietf:params:oauth:token-type:jwt",
            "Audience": [ "files", "mail" ], "RequestedTokenType": "urn:ietf:params:oauth:token-type:access_token" },
          "DPoP": { "Enabled": true, "SigningKey": {
            "Path": "keys/dpop.pem", "Text": "text", "EnvironmentVariable": "KEY",
            "Certificate": { "Thumbprint": "00", "Subject": "CN=dpop", "StoreName": "Root", "StoreLocation": "LocalMachine" },
            "Password": "password", "PasswordEnvironmentVariable": "PASSWORD", "PasswordFile": "password.txt",
            "KeyId": "dpop", "KeyIdFrom": "JwkThumbprint", "Algorithm": "ES256", "X5t": true, "X5tS256": true, "X5c": true, "X5cRoot": true } },
          "InputReuse": "Once",
          "RevokeOnDispose": true,
          "SendClientId": false,
          "RequestEncoding": "Json",
          "Scope": "reports.read", "ScopePlacement": "Claim", "UseIdToken": true, "UserAgent": "reports/1.0", "Headers": { "X-Tenant": "t1" },
          "Resource": [ "https://api.example.com", "urn:example:files" ],
          "AuthorizationDetails": "[{\"type\":\"payment\"}]",
          "Parameters": { "audience": "https://api.example.com" },
          "SigningKey": {
            "Path": "keys/batch.pem", "Text": "text", "EnvironmentVariable": "KEY",
            "Certificate": { "Thumbprint": "00", "Subject": "CN=batch", "StoreName": "Root", "StoreLocation": "LocalMachine" },
            "Password": "password", "PasswordEnvironmentVariable": "PASSWORD", "PasswordFile": "password.txt",
            "KeyId": "2026-11", "KeyIdFrom": "JwkThumbprint", "Algorithm": "PS256", "X5t": true, "X5tS256": true, "X5c": true, "X5cRoot": true },
          "Assertion": {
            "Issuer": "issuer",
            "Subject": "subject",
            "Audience": "audience",
            "Lifetime": "00:03:00",
            "AllowLongLifetime": true,
            "OmittedClaims": [ "sub" ], "NotBefore": true, "Backdate": "00:00:05", "Header": { "jku": "https://client.example.com/jwks" },
            "TokenFile": "grant.jwt", "From": "hr", "FromRequest": true,
            "Claims": { "tenant": "t1", "roles": [ "reader", "writer" ] }, "JsonClaims": { "level": "3" } },
          "ClientAssertion": {
            "Issuer": "team", "TokenFile": "client.jwt", "From": "hr", "AssertionType": "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe",
            "Audience": "client-audience",
            "Type": "JWT",
            "Lifetime": "00:01:00",
            "AllowLongLifetime": true,
            "OmittedClaims": [ "sub" ], "NotBefore": true, "Backdate": "00:00:05", "Header": { "jku": "https://client.example.com/jwks" },
            "Claims": { "scope": [ "a", "b" ] }, "JsonClaims": { "token_exp": 86400 },
            "SigningKey": {
              "Path": "keys/client.pem", "Text": "text", "EnvironmentVariable": "KEY",
              "Certificate": { "Thumbprint": "00", "Subject": "CN=client", "StoreName": "Root", "StoreLocation": "LocalMachine" },
              "Password": "password", "PasswordEnvironmentVariable": "PASSWORD", "PasswordFile": "password.txt",
              "KeyId": "client", "KeyIdFrom": "CertificateThumbprint", "Algorithm": "ES256", "X5t": true, "X5tS256": true, "X5c": true, "X5cRoot": true } },
          "Refresh": {
            "EarliestFraction": 0.4, "LatestFraction": 0.9, "ExpiryMargin": "00:00:05", "MaxExpiryMarginFraction": 0.2, "MinimumInterval": "00:01:00",
            "InvalidationInterval": "00:02:00", "MaxInvalidationFraction": 0.5, "SleepThreshold": "00:00:02" },
          "Retry": {
            "MaxRetryAttempts": 5, "Delay": "00:00:02", "AttemptTimeout": "00:00:05", "ConnectTimeout": "00:00:02", "TotalTimeout": "00:00:20",
            "MaxRetryAfter": "00:10:00" },
          "EndpointLimits": {
            "MaxConcurrentRequests": 8, "FailureRatio": 0.2, "MinimumThroughput": 20, "SamplingDuration": "00:00:20", "BreakDuration": "00:00:30" },
          "Backoff": {
            "InitialDelay": "00:00:10", "MaxDelay": "00:01:00", "MinimumDelayWithoutToken": "00:00:02", "MaxJitterWithoutToken": "00:00:30" },
          "Cache": { "MaxEntries": 500, "IdleTime": "00:20:00", "StoreTimeout": "00:00:01", "SharingName": "blue" },
          "DefaultTokenLifetime": "00:10:00",
          "DefaultTokenType": "Bearer",
          "MaxMembersSize": 1000,
          "ClockCorrection": false,
          "AllowLoopbackHttp": true
        } } }
        """;

    [Fact]
    public void Every_configuration_key_is_bound()
    {
        var options = Bind(EveryKey);

        Findings.AssertNone(SettingsAtDefault(options, new JwtGrantOptions(), ""), "Bind the setting, and give it another value in EveryKey.");
        Assert.Empty(options.SectionProblems);
    }

    [Fact]
    public void Every_configuration_value_is_bound_unchanged()
    {
        var options = Bind(EveryKey);

        Assert.Equal("https://as.example.com", options.Issuer);
        Assert.Equal((GrantType.ClientCredentials, ClientAuthenticationMethod.PrivateKeyJwt), (options.Grant, options.ClientAuthentication));
        Assert.Equal(["https://api.example.com", "urn:example:files"], options.Resource);
        Assert.Equal("https://api.example.com", options.Parameters["audience"]);
        Assert.Equal("t1", options.Headers["x-tenant"]);
        Assert.Equal("t1", options.Assertion.Claims["tenant"]);
        Assert.Equal(["reader", "writer"], Assert.IsType<string[]>(options.Assertion.Claims["roles"]));
        Assert.Equal(TimeSpan.FromMinutes(3), options.Assertion.Lifetime);
        Assert.Equal(["a", "b"], Assert.IsType<string[]>(options.ClientAssertion.Claims["scope"]));
        Assert.Equal(("3", "86400"), (options.Assertion.JsonClaims["level"], options.ClientAssertion.JsonClaims["token_exp"]));
        Assert.Equal("https://client.example.com/jwks", options.Assertion.Header["jku"]);
        Assert.Equal("ES256", options.ClientAssertion.SigningKey?.Algorithm);
        Assert.Equal(0.4, options.Refresh.EarliestFraction);
        Assert.Equal(5, options.Retry.MaxRetryAttempts);
        Assert.Equal(8, options.EndpointLimits.MaxConcurrentRequests);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Backoff.MaxJitterWithoutToken);
        Assert.Equal(500, options.Cache.MaxEntries);
    }

    [Fact]
    public void A_configuration_key_that_is_null_or_empty_keeps_its_default()
    {
        var options = Bind("""
            { "JwtGrant": { "Reports": {
              "Issuer": null, "Grant": null, "SendClientId": null, "Resource": [], "Parameters": {}, "SigningKey": null, "Refresh": null, "Retry": null, "EndpointLimits": null, "Backoff": null, "Cache": null,
              "Assertion": { "Issuer": null, "Lifetime": null, "Claims": {} }, "ClientAssertion": { "Audience": null, "SigningKey": null },
              "DefaultTokenLifetime": null
            } } }
            """);

        Assert.Empty(options.SectionProblems);
        var settings = SettingsAtDefault(options, new JwtGrantOptions(), "").ToList();
        Assert.Contains("Refresh:LatestFraction", settings);
        Assert.Equal(SettingsAtDefault(new JwtGrantOptions(), new JwtGrantOptions(), ""), settings);
    }

    [Fact]
    public void Configuration_keys_are_case_insensitive()
    {
        var options = Bind("""{ "JwtGrant": { "Reports": { "CLIENTID": "batch-worker", "assertion": { "claims": { "roles": [ "reader" ] } } } } }""");

        Assert.Equal("batch-worker", options.ClientId);
        Assert.Equal(["reader"], Assert.IsType<string[]>(options.Assertion.Claims["roles"]));
        Assert.Empty(options.SectionProblems);
    }

    [Fact]
    public async Task Claims_from_configuration_are_written_to_the_assertion()
    {
        var endpoint = new FakeTokenEndpoint();
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", Section("""
            { "JwtGrant": { "Reports": { "Assertion": { "Claims": { "tenant": "t1", "roles": [ "reader", "writer" ] } } } } }
            """));
        services.ConfigureJwtGrantClient("reports").UseTestClient(endpoint);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredKeyedService<ITokenSource>("reports").GetTokenAsync(TestContext.Current.CancellationToken);

        var payload = Jwt.Parse(endpoint.Forms[0]["assertion"]!).Payload;
        Assert.Equal("t1", payload.GetProperty("tenant").GetString());
        Assert.Equal("""["reader","writer"]""", payload.GetProperty("roles").GetRawText());
    }

    private static JwtGrantOptions Bind(string json)
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", Section(json));
        using var provider = services.BuildServiceProvider();
        var options = new JwtGrantOptions();
        // Without validation, which would reject two sources for one key.
        foreach (var configure in provider.GetServices<IConfigureOptions<JwtGrantOptions>>().OfType<IConfigureNamedOptions<JwtGrantOptions>>())
            configure.Configure("reports", options);
        return options;
    }

    private static IConfigurationSection Section(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().GetSection("JwtGrant:Reports");

    private static IEnumerable<string> SettingsAtDefault(object? bound, object? defaults, string path) =>
        from property in (bound ?? defaults)?.GetType().GetProperties() ?? []
        let setting = $"{path}{property.Name}"
        let value = bound is null ? null : property.GetValue(bound)
        let defaultValue = defaults is null ? null : property.GetValue(defaults)
        from finding in IsSection(property) ? value is null ? [setting] : SettingsAtDefault(value, defaultValue, $"{setting}:")
            : IsDefault(value, defaultValue) ? [setting]
            : (string[])[]
        select finding;

    private static bool IsSection(PropertyInfo property) =>
        property.PropertyType.IsClass && property.PropertyType.Assembly == typeof(JwtGrantOptions).Assembly;

    private static bool IsDefault(object? value, object? defaultValue) =>
        value is ICollection collection ? collection.Count == 0 : Equals(value, defaultValue);
}
