using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace JwtGrantClient.Tests.Scenarios;

/// <summary>
/// Each grant with each client authentication (RFC 7521), against the strict server over HTTP. A pair that is not allowed is rejected by the
/// options validation of the client or by the server; <see cref="Expected"/> says which.
/// </summary>
public sealed class GrantAndAuthenticationTests : IAsyncLifetime
{
    private const string Issued = "issued", RejectedByOptions = "settings_invalid", RejectedByServer = "invalid_client";

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = Keys.CertificateFor(Keys.P256);
    private StrictAuthorizationServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Dictionary<string, GrantRow> Grants => new()
    {
        ["jwt-bearer"] = new(GrantType.JwtBearer, GetTokenAsync),
        ["client_credentials"] = new(GrantType.ClientCredentials, GetTokenAsync),
        ["token-exchange"] = new(GrantType.TokenExchange, GetTokenAsync),
        ["saml2-bearer"] = new(GrantType.Saml2Bearer, GetTokenAsync),
        ["jwt-bearer with an external JWT"] = new(GrantType.JwtBearer, async (test, client) =>
            await RequestAsync(client, Grant.JwtBearer(await test.SignExternalJwtAsync("alice"), new() { Scope = "read" }))),
        ["saml2-bearer with a provider"] = new(GrantType.JwtBearer, (test, client) =>
            RequestAsync(client, Grant.Saml2Bearer(test.SamlAssertions, new() { Scope = "read" }))),
        ["authorization_code"] = new(GrantType.JwtBearer, (test, client) => RequestAsync(client, Grant.AuthorizationCode(
            test._server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com/back", Pkce.Challenge), "https://app.example.com/back", Pkce.Verifier))),
        ["refresh_token"] = new(GrantType.JwtBearer, (test, client) =>
            RequestAsync(client, Grant.RefreshToken(test._server.IssueRefreshToken(TestData.ClientId, "read", "alice")))),
        ["custom"] = new(GrantType.JwtBearer, (test, client) => RequestAsync(client, Grant.Custom(
            "refresh_token", [new("refresh_token", test._server.IssueRefreshToken(TestData.ClientId, "read", "alice"))]))),
    };

    private static Dictionary<string, MethodRow> Methods => new()
    {
        ["none"] = new(ClientAuthenticationMethod.None),
        ["private_key_jwt"] = new(ClientAuthenticationMethod.PrivateKeyJwt),
        ["private_key_jwt from a file"] = new(ClientAuthenticationMethod.PrivateKeyJwt)
        {
            Configure = (test, options) => test.UseTokenFile(options, TestData.ClientId, type: null),
        },
        ["spiffe"] = new(ClientAuthenticationMethod.PrivateKeyJwt)
        {
            SpiffeId = SpiffeId,
            Configure = (test, options) => test.UseTokenFile(options, SpiffeId, "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"),
        },
        ["client_secret_basic"] = new(ClientAuthenticationMethod.ClientSecretBasic)
        {
            ClientSecret = Secret,
            Configure = (_, options) => options.ClientSecret = Secret,
        },
        ["client_secret_post"] = new(ClientAuthenticationMethod.ClientSecretPost)
        {
            ClientSecret = Secret,
            Configure = (_, options) => options.ClientSecret = Secret,
        },
        ["JWT as client_secret"] = new(ClientAuthenticationMethod.JwtAsClientSecret)
        {
            ClientSecretIssuer = "TEAM123456",
            Configure = (_, options) => options.ClientAssertion.Issuer = "TEAM123456",
        },
        ["mutual TLS"] = new(ClientAuthenticationMethod.MutualTls) { HasCertificate = true },
    };

    // A secret with every kind of character that form encoding changes.
    private const string Secret = "a b+c%d:e/f&g=h\u00e9", SpiffeId = "spiffe://example.org/batch";

    public static TheoryData<string, string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string, string>();
            foreach (var grant in Grants.Keys)
                foreach (var method in Methods.Keys)
                    pairs.Add(grant, method, Expected(grant, method));
            return pairs;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }, Cancellation);
        _server.TrustIssuer(new() { Issuer = "https://idp.example.com", PublicKeyPem = Keys.P256.ExportSubjectPublicKeyInfoPem() });
        _server.TrustSamlIssuer(new() { Issuer = SamlTestData.Issuer, CertificatePem = SamlTestData.Certificate.ExportCertificatePem() });
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _certificate.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Each_grant_with_each_client_authentication_has_the_expected_outcome(string grant, string method, string expected)
    {
        _server.RegisterClient(Methods[method].CreateRegistration(_certificate));

        Assert.Equal(expected, await OutcomeAsync(Grants[grant], Methods[method]));

        var last = _server.Requests.LastOrDefault(request => request.Method == "POST");
        Assert.Equal(expected == RejectedByOptions ? null : expected == Issued ? 200 : 401, last?.Status);
    }

    // A client that signs its tokens has no grant.
    [Fact]
    public void Every_grant_type_has_a_row() => Assert.Empty(Enum.GetValues<GrantType>().Except([GrantType.SelfSigned]).Except(Grants.Values.Select(row => row.Type)));

    [Fact]
    public void Every_client_authentication_method_has_a_row() =>
        Assert.Empty(Enum.GetValues<ClientAuthenticationMethod>().Except(Methods.Values.Select(row => row.Method)));

    private static string Expected(string grant, string method) => (grant, method) switch
    {
        // client_credentials requires client authentication (RFC 6749 section 4.4).
        ("client_credentials", "none") => RejectedByOptions,
        // The strict server exchanges tokens only for clients that authenticate.
        ("token-exchange", "none") => RejectedByServer,
        _ => Issued,
    };

    private async Task<string> OutcomeAsync(GrantRow grant, MethodRow method)
    {
        await using var services = CreateServices(grant, method);
        try
        {
            var token = await grant.RequestAsync(this, services);
            var check = _server.CheckAccessToken($"Bearer {token.Value}", requiredScope: null, method.HasCertificate ? _certificate : null);
            return check.IsValid ? Issued : "a token that the server does not accept";
        }
        catch (JwtGrantException e)
        {
            return e.Error ?? e.Code;
        }
    }

    private ServiceProvider CreateServices(GrantRow grant, MethodRow method)
    {
        var services = new ServiceCollection();
        var client = services.AddJwtGrantClient(options =>
        {
            (options.Issuer, options.ClientId, options.Scope) = (_server.Issuer, TestData.ClientId, "read");
            (options.SigningKey.Text, options.AllowLoopbackHttp) = (TestData.RsaPrivatePem, true);
            (options.Grant, options.ClientAuthentication) = (grant.Type, method.Method);
            if (grant.Type == GrantType.TokenExchange)
                options.TokenExchange.SubjectTokenFile = _folder.Write("subject.jwt", SignExternalJwtAsync("alice").AsTask().GetAwaiter().GetResult());
            method.Configure(this, options);
        });
        if (grant.Type == GrantType.Saml2Bearer)
            client.UseGrantAssertion(_ => SamlAssertions);
        if (method.HasCertificate)
            client.UseTokenEndpointHandler(_ => CreateCertificateHandler());
        return services.BuildServiceProvider();
    }

    private AssertionProvider SamlAssertions => new SamlAssertionFactory(
        new() { Issuer = SamlTestData.Issuer, Subject = "alice", Audience = _server.Issuer, Recipient = _server.TokenEndpoint },
        SamlTestData.Certificate).ProvideAsync;

    private SocketsHttpHandler CreateCertificateHandler() =>
        ClientCertificateTransport.CreateHandler(new() { Path = _folder.Write("tls", _certificate.Export(X509ContentType.Pkcs12)) }, _server);

    private void UseTokenFile(JwtGrantOptions options, string subject, string? type)
    {
        var jwt = SignedJwts.CreateProvider(subject, subject, _server.Issuer, TestData.RsaPrivatePem)(new(), Cancellation).AsTask().GetAwaiter().GetResult();
        (options.ClientAssertion.TokenFile, options.ClientAssertion.AssertionType) = (_folder.Write("client.jwt", jwt.Value), type);
    }

    private async ValueTask<string> SignExternalJwtAsync(string subject) =>
        (await SignedJwts.CreateProvider("https://idp.example.com", subject, _server.Issuer, Keys.P256.ExportPkcs8PrivateKeyPem())(new(), Cancellation)).Value;

    private static Task<AccessToken> GetTokenAsync(GrantAndAuthenticationTests test, IServiceProvider client) =>
        client.GetRequiredService<ITokenSource>().GetTokenAsync(Cancellation).AsTask();

    private static async Task<AccessToken> RequestAsync(IServiceProvider client, Grant grant) =>
        (await client.GetRequiredService<ITokenEndpoint>().RequestAsync(grant, Cancellation)).AccessToken;

    /// <summary>A grant: the type that the client is configured with, and how a token is requested.</summary>
    private sealed record GrantRow(GrantType Type, Func<GrantAndAuthenticationTests, IServiceProvider, Task<AccessToken>> RequestAsync);

    /// <summary>A client authentication: the settings of the client, and the credentials that are registered at the server.</summary>
    private sealed record MethodRow(ClientAuthenticationMethod Method)
    {
        public Action<GrantAndAuthenticationTests, JwtGrantOptions> Configure { get; init; } = (_, _) => { };

        public string? ClientSecret { get; init; }

        public string? ClientSecretIssuer { get; init; }

        public string? SpiffeId { get; init; }

        public bool HasCertificate { get; init; }

        /// <summary>Creates the registration. Without authentication the server rejects also the grants for which it is optional.</summary>
        public ClientRegistration CreateRegistration(X509Certificate2 certificate) => new()
        {
            Id = TestData.ClientId,
            PublicKeyPem = TestData.RsaPublicPem,
            ClientSecret = ClientSecret,
            ClientSecretIssuer = ClientSecretIssuer,
            SpiffeId = SpiffeId,
            CertificateThumbprint = HasCertificate ? ClientCertificateTransport.Thumbprint(certificate) : null,
            AllowedAuthenticationMethods = Method == ClientAuthenticationMethod.None ? ["none"] : null,
            RequireClientAuthentication = Method != ClientAuthenticationMethod.None,
        };
    }

    /// <summary>The verifier and challenge of RFC 7636 appendix B.</summary>
    private static class Pkce
    {
        public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    }
}
