using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;

namespace JwtGrantClient.Tests.TokenEndpoint;

/// <summary>Mutual TLS (RFC 8705) against the strict server's mutual TLS listener.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = Keys.CertificateFor(TestData.RsaKey);
    private StrictAuthorizationServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Formats => ["PEM with its key", "PEM and key file", "encrypted PEM", "PKCS#12", "PKCS#12 with password"];

    public async ValueTask InitializeAsync()
    {
        _server = await StrictAuthorizationServer.StartAsync(new() { MutualTls = true }, Cancellation);
        Register(_certificate);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        _certificate.Dispose();
        return _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_client_certificate_authenticates_at_the_endpoint_alias_and_binds_the_token(string format)
    {
        await using var client = Client(WriteCertificate(format));

        var token = await client.GetTokenAsync(Cancellation);

        var sent = Assert.Single(_server.Requests, request => request.Method == "POST");
        Assert.Equal((TestData.ClientId, null, null), (sent["client_id"], sent["client_assertion"], sent["client_secret"]));
        Assert.True(_server.CheckAccessToken($"Bearer {token.Value}", null, _certificate).IsValid);
        Assert.False(_server.CheckAccessToken($"Bearer {token.Value}").IsValid);
    }

    [Fact]
    public async Task A_client_certificate_can_accompany_an_assertion_whose_audience_is_the_issuer()
    {
        await using var client = Client(WriteCertificate("PKCS#12"), ClientAuthenticationMethod.PrivateKeyJwt);

        var token = await client.GetTokenAsync(Cancellation);

        var sent = Assert.Single(_server.Requests, request => request.Method == "POST");
        Assert.Equal(_server.Issuer, Jwt.Parse(sent["client_assertion"]!)["aud"]);
        Assert.True(_server.CheckAccessToken($"Bearer {token.Value}", null, _certificate).IsValid);
    }

    [Fact]
    public async Task An_untrusted_server_certificate_is_an_error_that_names_the_reason()
    {
        await using var client = JwtGrantTokenSource.Create(new()
        {
            TokenEndpoint = _server.MutualTlsTokenEndpoint,
            ClientId = TestData.ClientId,
            Grant = GrantType.ClientCredentials,
            ClientAuthentication = ClientAuthenticationMethod.MutualTls,
            ClientCertificate = WriteCertificate("PKCS#12"),
        });

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("server_unreachable", false), (error.Code, error.IsTransient));
        Assert.EndsWith(
            "If a private CA issued the server's certificate, set TrustedCertificates to a file with the certificate of that CA. If the server requires a client certificate, check that it accepts the one of ClientCertificate.",
            error.Text, StringComparison.Ordinal);
        Assert.Contains("UntrustedRoot", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_registered_is_rejected_as_invalid_client()
    {
        using var other = Keys.CertificateFor(Keys.P256);
        Register(other);
        await using var client = Client(WriteCertificate("PKCS#12"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => client.GetTokenAsync(Cancellation).AsTask());

        Assert.Equal(("token_request_refused", "invalid_client"), (error.Code, error.Error));
    }

    [Fact]
    public void A_certificate_file_is_read_for_each_connection_and_a_damaged_file_keeps_the_last_valid_one()
    {
        using var next = Keys.CertificateFor(Keys.P256);
        var certificate = WriteCertificate("PKCS#12").Open();
        Assert.Equal(ClientCertificateTransport.Thumbprint(_certificate), certificate.Thumbprint);

        _folder.Write("tls", "half-written"u8.ToArray());
        Assert.Equal(_certificate.Thumbprint, certificate.ForConnection().Thumbprint);
        _folder.Write("tls", next.Export(X509ContentType.Pkcs12));

        Assert.Equal(next.Thumbprint, certificate.ForConnection().Thumbprint);
        Assert.Equal(ClientCertificateTransport.Thumbprint(next), certificate.Thumbprint);
    }

    [Fact]
    public void The_password_file_is_read_with_the_certificate_and_its_line_end_is_ignored()
    {
        using var next = Keys.CertificateFor(Keys.P256);
        var options = WriteCertificate("PKCS#12 with password");
        (options.Password, options.PasswordFile) = (null, _folder.Write("password", Keys.Password + "\r\n"));
        var certificate = options.Open();
        Assert.Equal(_certificate.Thumbprint, certificate.ForConnection().Thumbprint);

        _folder.Write("tls", next.Export(X509ContentType.Pkcs12, "another"));
        Assert.Equal(_certificate.Thumbprint, certificate.ForConnection().Thumbprint);
        _folder.Write("password", "another\n");

        Assert.Equal(next.Thumbprint, certificate.ForConnection().Thumbprint);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "no file", "no certificate with its private key could be read" },
        { "garbage", "no certificate with its private key could be read" },
        { "no key", "no certificate with its private key could be read" },
        { "PKCS#12 without key", "contains no private key" },
        { "wrong password", "no certificate with its private key could be read" },
        { "two passwords", "has both Password and PasswordEnvironmentVariable" },
        { "three passwords", "has PasswordFile and Password and PasswordEnvironmentVariable; keep the one that contains the password" },
        { "no such variable", "the environment variable 'JWTGRANT_NOT_SET' is not set" },
        { "no password file", "does not exist" },
        { "a folder for a password file", "is a directory. Specify the file in it." },
        { "wrong password in the file", "no certificate with its private key could be read" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void An_unusable_certificate_is_reported_when_the_client_is_created(string fault, string expected)
    {
        var options = WriteCertificate("PKCS#12 with password");
        switch (fault)
        {
            case "no file": options.Path = _folder.GetPath("missing"); break;
            case "garbage": _folder.Write("tls", "garbage"); break;
            case "no key": _folder.Write("tls", _certificate.ExportCertificatePem()); options.Password = null; break;
            case "PKCS#12 without key":
                using (var withoutKey = X509CertificateLoader.LoadCertificate(_certificate.RawData))
                    _folder.Write("tls", withoutKey.Export(X509ContentType.Pkcs12, options.Password));
                break;
            case "wrong password": options.Password = "wrong"; break;
            case "two passwords": options.PasswordEnvironmentVariable = "JWTGRANT_NOT_SET"; break;
            case "three passwords": (options.PasswordEnvironmentVariable, options.PasswordFile) = ("JWTGRANT_NOT_SET", "password"); break;
            case "no password file": (options.Password, options.PasswordFile) = (null, _folder.GetPath("missing")); break;
            case "a folder for a password file": (options.Password, options.PasswordFile) = (null, _folder.Path); break;
            case "wrong password in the file": (options.Password, options.PasswordFile) = (null, _folder.Write("password", "wrong")); break;
            default: (options.Password, options.PasswordEnvironmentVariable) = (null, "JWTGRANT_NOT_SET"); break;
        }

        var error = Assert.Throws<JwtGrantException>(() => options.Open());

        Assert.Equal((JwtGrantErrorKind.Configuration, "client_certificate_unusable"), (error.Kind, error.Code));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Keys.Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_is_configured_in_code_needs_its_private_key()
    {
        using var withoutKey = X509CertificateLoader.LoadCertificate(_certificate.RawData);

        Assert.Contains("has no private key", Assert.Throws<JwtGrantException>(() => ClientCertificate.From(withoutKey)).Message, StringComparison.Ordinal);
        Assert.Same(_certificate, ClientCertificate.From(_certificate).ForConnection());
    }

    private ClientCertificateOptions WriteCertificate(string format) => format switch
    {
        "PEM with its key" => new() { Path = _folder.Write("tls", $"{_certificate.ExportCertificatePem()}\n{TestData.RsaPrivatePem}") },
        "PEM and key file" => new()
        {
            Path = _folder.Write("tls", _certificate.ExportCertificatePem()), KeyPath = _folder.Write("tls.key", TestData.RsaPrivatePem),
        },
        "encrypted PEM" => new()
        {
            Path = _folder.Write("tls", _certificate.ExportCertificatePem()),
            KeyPath = _folder.Write("tls.key", TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption)),
            Password = Keys.Password,
        },
        "PKCS#12" => new() { Path = _folder.Write("tls", _certificate.Export(X509ContentType.Pkcs12)) },
        _ => new() { Path = _folder.Write("tls", _certificate.Export(X509ContentType.Pkcs12, Keys.Password)), Password = Keys.Password },
    };

    private void Register(X509Certificate2 certificate) => _server.RegisterClient(new()
    {
        Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, CertificateThumbprint = ClientCertificateTransport.Thumbprint(certificate),
    });

    private JwtGrantTokenSource Client(
        ClientCertificateOptions certificate, ClientAuthenticationMethod method = ClientAuthenticationMethod.MutualTls) =>
        JwtGrantTokenSource.Create(
            new()
            {
                Issuer = _server.Issuer,
                // MutualTls uses the alias of the metadata. With another method the client does not know that its handler has a certificate.
                TokenEndpoint = method == ClientAuthenticationMethod.MutualTls ? null : _server.MutualTlsTokenEndpoint,
                ClientId = TestData.ClientId,
                Grant = GrantType.ClientCredentials,
                ClientAuthentication = method,
                SigningKey = { Text = TestData.RsaPrivatePem },
                AllowLoopbackHttp = true,
            },
            tokenEndpointHandler: ClientCertificateTransport.CreateHandler(certificate, _server));
}
