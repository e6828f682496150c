using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;

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

    private static Dictionary<string, Func<GrantAndAuthenticationTests, JwtGrantTokenSource, Task<AccessToken>>> Grants => new()
    {
        ["jwt-bearer"] = (_, client) => client.GetTokenAsync(Cancellation).AsTask(),
        ["client_credentials"] = (_, client) => client.GetTokenAsync(Cancellation).AsTask(),
        ["token-exchange"] = (_, client) => client.GetTokenAsync(Cancellation).AsTask(),
        ["jwt-bearer with an external JWT"] = async (test, client) =>
            await RequestAsync(client, Grant.JwtBearer(await test.SignExternalJwtAsync("alice"), new() { Scope = "read" })),
        ["saml2-bearer"] = (test, client) => RequestAsync(client, Grant.Saml2Bearer(
            new SamlAssertionFactory(
                new() { Issuer = SamlTestData.Issuer, Subject = "alice", Audience = test._server.Issuer, Recipient = test._server.TokenEndpoint },
                SamlTestData.Certificate).ProvideAsync,
            new() { Scope = "read" })),
        ["authorization_code"] = (test, client) => RequestAsync(client, Grant.AuthorizationCode(
            test._server.IssueAuthorizationCode(TestData.ClientId, "https://app.example.com/back", Pkce.Challenge), "https://app.example.com/back", Pkce.Verifier)),
        ["refresh_token"] = (test, client) => RequestAsync(client, Grant.RefreshToken(test._server.IssueRefreshToken(TestData.ClientId, "read", "alice"))),
        ["custom"] = (test, client) => RequestAsync(client, Grant.Custom(
            "refresh_token", [new("refresh_token", test._server.IssueRefreshToken(TestData.ClientId, "read", "alice"))])),
    };

    private static Dictionary<string, Action<GrantAndAuthenticationTests, JwtGrantOptions>> Methods => new()
    {
        ["none"] = (_, options) => options.ClientAuthentication = ClientAuthenticationMethod.None,
        ["private_key_jwt"] = (_, options) => options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
        ["private_key_jwt from a file"] = (test, options) => test.UseTokenFile(options, TestData.ClientId, type: null),
        ["spiffe"] = (test, options) => test.UseTokenFile(options, SpiffeId, "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe"),
        ["client_secret_basic"] = (_, options) =>
            (options.ClientAuthentication, options.ClientSecret) = (ClientAuthenticationMethod.ClientSecretBasic, Secret),
        ["client_secret_post"] = (_, options) =>
            (options.ClientAuthentication, options.ClientSecret) = (ClientAuthenticationMethod.ClientSecretPost, Secret),
        ["JWT as client_secret"] = (_, options) =>
            (options.ClientAuthentication, options.ClientAssertion.Issuer) = (ClientAuthenticationMethod.JwtAsClientSecret, "TEAM123456"),
        ["mutual TLS"] = (_, options) => options.ClientAuthentication = ClientAuthenticationMethod.MutualTls,
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
        Register(method);
        var options = Options(grant);
        Methods[method](this, options);

        Assert.Equal(expected, await OutcomeAsync(grant, options));

        var last = _server.Requests.LastOrDefault(request => request.Method == "POST");
        Assert.Equal(expected == RejectedByOptions ? null : expected == Issued ? 200 : 401, last?.Status);
    }

    private static string Expected(string grant, string method) => (grant, method) switch
    {
        // client_credentials requires client authentication (RFC 6749 section 4.4).
        ("client_credentials", "none") => RejectedByOptions,
        // The strict server exchanges tokens only for clients that authenticate.
        ("token-exchange", "none") => RejectedByServer,
        _ => Issued,
    };

    private async Task<string> OutcomeAsync(string grant, JwtGrantOptions options)
    {
        try
        {
            await using var client = JwtGrantTokenSource.Create(options, tokenEndpointHandler: HandlerFor(options.ClientAuthentication));
            var token = await Grants[grant](this, client);
            var check = _server.CheckAccessToken(
                $"Bearer {token.Value}", requiredScope: null, options.ClientAuthentication == ClientAuthenticationMethod.MutualTls ? _certificate : null);
            return check.IsValid ? Issued : "a token that the server does not accept";
        }
        catch (JwtGrantException e)
        {
            return e.Error ?? e.Code;
        }
    }

    private JwtGrantOptions Options(string grant)
    {
        var options = new JwtGrantOptions
        {
            Issuer = _server.Issuer,
            ClientId = TestData.ClientId,
            Grant = grant switch
            {
                "client_credentials" => GrantType.ClientCredentials,
                "token-exchange" => GrantType.TokenExchange,
                _ => GrantType.JwtBearer,
            },
            Scope = "read",
            SigningKey = { Text = TestData.RsaPrivatePem },
            AllowLoopbackHttp = true,
        };
        if (options.Grant == GrantType.TokenExchange)
            options.TokenExchange.SubjectTokenFile = _folder.Write("subject.jwt", SignExternalJwtAsync("alice").AsTask().GetAwaiter().GetResult());
        return options;
    }

    private SocketsHttpHandler? HandlerFor(ClientAuthenticationMethod method) => method != ClientAuthenticationMethod.MutualTls ? null
        : ClientCertificateTransport.CreateHandler(new() { Path = _folder.Write("tls", _certificate.Export(X509ContentType.Pkcs12)) }, _server);

    private void Register(string method) => _server.RegisterClient(new()
    {
        Id = TestData.ClientId,
        PublicKeyPem = TestData.RsaPublicPem,
        ClientSecret = method.StartsWith("client_secret", StringComparison.Ordinal) ? Secret : null,
        ClientSecretIssuer = method == "JWT as client_secret" ? "TEAM123456" : null,
        SpiffeId = method == "spiffe" ? SpiffeId : null,
        CertificateThumbprint = method == "mutual TLS" ? ClientCertificateTransport.Thumbprint(_certificate) : null,
        AllowedAuthenticationMethods = method == "none" ? ["none"] : null,
    });

    private void UseTokenFile(JwtGrantOptions options, string subject, string? type)
    {
        var jwt = SignedJwts.CreateProvider(subject, subject, _server.Issuer, TestData.RsaPrivatePem)(new(), Cancellation).AsTask().GetAwaiter().GetResult();
        options.ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt;
        (options.ClientAssertion.TokenFile, options.ClientAssertion.AssertionType) = (_folder.Write("client.jwt", jwt.Value), type);
    }

    private async ValueTask<string> SignExternalJwtAsync(string subject) =>
        (await SignedJwts.CreateProvider("https://idp.example.com", subject, _server.Issuer, Keys.P256.ExportPkcs8PrivateKeyPem())(new(), Cancellation)).Value;

    private static async Task<AccessToken> RequestAsync(JwtGrantTokenSource client, Grant grant) =>
        (await client.Endpoint.RequestAsync(grant, Cancellation)).AccessToken;

    /// <summary>The verifier and challenge of RFC 7636 appendix B.</summary>
    private static class Pkce
    {
        public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    }
}
