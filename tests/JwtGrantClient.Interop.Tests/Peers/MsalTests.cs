using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.Providers.Emulators;
using Microsoft.Identity.Client;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Interop.Tests.Peers;

/// <summary>
/// MSAL.NET, with its own defaults, at the emulations on which the providers of Microsoft Entra ID are tested. The emulations accept what it sends, and refuse each
/// rule that its users can break.
/// </summary>
public sealed class MsalTests : IAsyncDisposable
{
    private const string GraphScope = "https://graph.microsoft.com/.default", UserScope = "https://graph.microsoft.com/User.Read";

    private static readonly RSA Key = RSA.Create(2048);

    private readonly X509Certificate2 _certificate;
    private readonly EntraIdTokenEndpoint _endpoint;
    private readonly ProviderEmulator _entra;

    public MsalTests()
    {
        _certificate = MsalApplication.CreateCertificate(Key);
        _endpoint = new(TimeProvider.System, _certificate);
        _entra = _endpoint.ClientCredentials;
    }

    private static DateTimeOffset InOneHour => TimeProvider.System.GetUtcNow().AddHours(1);

    [Fact]
    public async Task A_certificate_obtains_a_token()
    {
        await GetAsync(Create(_entra).WithCertificate(_certificate));

        var assertion = Assert.Single(_entra.Requests).ClientAssertion!;
        Assert.Equal(["alg", "typ", "x5t#S256"], assertion.Header.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task An_assertion_with_the_older_identification_of_the_certificate_obtains_a_token()
    {
        await GetAsync(Create(_entra).WithClientAssertion((CancellationToken _) => Task.FromResult(Sign())));

        Assert.NotNull(Assert.Single(_entra.Requests).ClientAssertion!.HeaderText("x5t"));
    }

    [Theory]
    [InlineData("contoso.example", EntraIdTokenEndpoint.App, GraphScope, 90002)]
    [InlineData(EntraIdTokenEndpoint.Tenant, "00000000-0000-0000-0000-000000000000", GraphScope, 700016)]
    [InlineData(EntraIdTokenEndpoint.Tenant, EntraIdTokenEndpoint.App, UserScope, 1002012)]
    [InlineData(EntraIdTokenEndpoint.Tenant, EntraIdTokenEndpoint.App, "api://unknown/.default", 500011)]
    public async Task A_setting_that_breaks_a_rule_is_refused_with_the_documented_code(string tenant, string clientId, string scope, int code) =>
        await FailAsync(code, () => GetAsync(Create(_entra, tenant, clientId).WithCertificate(_certificate), scope));

    [Fact]
    public async Task Another_certificate_is_refused_with_the_documented_code()
    {
        using var other = MsalApplication.CreateCertificate(Key);

        await FailAsync(700027, () => GetAsync(Create(_entra).WithCertificate(other)));

        Assert.Equal("the certificate is registered", _entra.BrokenRule);
    }

    [Theory]
    [InlineData("https://login.microsoftonline.com/", EntraIdTokenEndpoint.App, "JWT", 0, 700023)]
    [InlineData(EntraIdTokenEndpoint.Url, "someone", "JWT", 0, 700021)]
    [InlineData(EntraIdTokenEndpoint.Url, EntraIdTokenEndpoint.App, "client-authentication+jwt", 0, 50027)]
    [InlineData(EntraIdTokenEndpoint.Url, EntraIdTokenEndpoint.App, "JWT", -2, 700024)]
    [InlineData(EntraIdTokenEndpoint.Url, EntraIdTokenEndpoint.App, "JWT", 2, 700024)]
    public async Task An_assertion_that_breaks_a_rule_is_refused_with_the_documented_code(string audience, string issuer, string type, int hours, int code)
    {
        var assertion = Sign(audience, issuer, type, hours);

        await FailAsync(code, () => GetAsync(Create(_entra).WithClientAssertion((CancellationToken _) => Task.FromResult(assertion))));
    }

    [Fact]
    public async Task An_assertion_with_the_signature_of_another_key_is_refused_with_the_documented_code()
    {
        var parts = Sign().Split('.');
        var assertion = $"{parts[0]}.{parts[1]}.{Sign().Split('.')[2]}";

        await FailAsync(700027, () => GetAsync(Create(_entra).WithClientAssertion((CancellationToken _) => Task.FromResult(assertion))));

        Assert.Equal("the signature", _entra.BrokenRule);
    }

    [Fact]
    public async Task A_token_of_the_platform_obtains_a_token()
    {
        var token = EntraIdTokenEndpoint.CreatePlatformToken(InOneHour);

        await GetAsync(Create(_endpoint.Federated).WithClientAssertion((CancellationToken _) => Task.FromResult(token)));

        Assert.Equal(token, Assert.Single(_endpoint.Federated.Requests).Form["client_assertion"]);
    }

    [Theory]
    [InlineData("https://issuer.example.com", EntraIdTokenEndpoint.PlatformSubject, EntraIdTokenEndpoint.PlatformAudience, 1, 700211)]
    [InlineData(EntraIdTokenEndpoint.PlatformIssuer, "system:serviceaccount:batch:other", EntraIdTokenEndpoint.PlatformAudience, 1, 700213)]
    [InlineData(EntraIdTokenEndpoint.PlatformIssuer, EntraIdTokenEndpoint.PlatformSubject, "https://kubernetes.default.svc", 1, 700212)]
    [InlineData(EntraIdTokenEndpoint.PlatformIssuer, EntraIdTokenEndpoint.PlatformSubject, EntraIdTokenEndpoint.PlatformAudience, -1, 700024)]
    public async Task A_token_of_the_platform_that_breaks_a_rule_is_refused_with_the_documented_code(string issuer, string subject, string audience, int hours, int code)
    {
        var token = EntraIdTokenEndpoint.CreatePlatformToken(TimeProvider.System.GetUtcNow().AddHours(hours), issuer, subject, audience);

        await FailAsync(code, () => GetAsync(Create(_endpoint.Federated).WithClientAssertion((CancellationToken _) => Task.FromResult(token))));
    }

    [Fact]
    public async Task A_token_of_a_user_is_exchanged_on_behalf_of_the_user()
    {
        await ExchangeAsync(_certificate, EntraIdTokenEndpoint.App);

        var request = Assert.Single(_endpoint.OnBehalfOf.Requests);
        Assert.Equal(("on_behalf_of", "PS256"), (request.Form["requested_token_use"], request.ClientAssertion!.HeaderText("alg")));
        Assert.Contains(UserScope, request.Form["scope"]!.Split(' '));
    }

    [Theory]
    [InlineData("00000003-0000-0000-c000-000000000000", 500131)]
    [InlineData("mfa", 50079)]
    public async Task A_token_of_a_user_that_breaks_a_rule_is_refused_with_the_documented_code(string audience, int code) =>
        await FailAsync(code, () => ExchangeAsync(_certificate, audience));

    [Fact]
    public async Task An_exchange_with_another_certificate_is_refused_with_the_documented_code()
    {
        using var other = MsalApplication.CreateCertificate(Key);

        await FailAsync(700027, () => ExchangeAsync(other, EntraIdTokenEndpoint.App));
    }

    public ValueTask DisposeAsync()
    {
        _certificate.Dispose();
        return _endpoint.DisposeAsync();
    }

    private static ConfidentialClientApplicationBuilder Create(ProviderEmulator emulator, string tenant = EntraIdTokenEndpoint.Tenant, string clientId = EntraIdTokenEndpoint.App) =>
        MsalApplication.Create(clientId, $"https://login.microsoftonline.com/{tenant}", emulator.CreateHandler());

    private static Task<AuthenticationResult> GetAsync(ConfidentialClientApplicationBuilder app, string scope = GraphScope) =>
        app.Build().AcquireTokenForClient([scope]).ExecuteAsync(TestContext.Current.CancellationToken);

    private static async Task FailAsync(int code, Func<Task> getToken)
    {
        var refusal = await Assert.ThrowsAnyAsync<MsalServiceException>(getToken);
        Assert.Contains($"AADSTS{code}:", refusal.Message, StringComparison.Ordinal);
    }

    private Task<AuthenticationResult> ExchangeAsync(X509Certificate2 certificate, string audience) => Create(_endpoint.OnBehalfOf).WithCertificate(certificate).Build()
        .AcquireTokenOnBehalfOf([UserScope], new UserAssertion(EntraIdTokenEndpoint.CreateUserToken(InOneHour, audience)))
        .ExecuteAsync(TestContext.Current.CancellationToken);

    // As Microsoft's documentation of WithClientAssertion does: Microsoft.IdentityModel writes RS256, kid and x5t.
    private string Sign(string audience = EntraIdTokenEndpoint.Url, string issuer = EntraIdTokenEndpoint.App, string type = "JWT", int hours = 0)
    {
        var start = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(hours);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Audience = audience,
            Issuer = issuer,
            TokenType = type,
            NotBefore = start,
            Expires = start.AddMinutes(10),
            Claims = new Dictionary<string, object> { ["sub"] = EntraIdTokenEndpoint.App, ["jti"] = Guid.NewGuid().ToString() },
            SigningCredentials = new X509SigningCredentials(_certificate),
        });
    }
}
