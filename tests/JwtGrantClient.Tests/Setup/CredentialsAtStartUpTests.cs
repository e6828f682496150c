using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.DPoP;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace JwtGrantClient.Tests.Setup;

/// <summary>Validation loads keys and certificates, and the client uses what was loaded.</summary>
public sealed class CredentialsAtStartUpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _certificate = Keys.CertificateFor(Keys.P256);

    public void Dispose()
    {
        _folder.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public async Task A_client_uses_the_credentials_that_validation_loaded_and_reads_no_file_again()
    {
        var services = new ServiceCollection();
        services.AddJwtGrantClient("reports", options =>
        {
            TestClient.Configure(options);
            (options.SigningKey.Text, options.SigningKey.Path) = (null, _folder.Write("key", TestData.RsaPrivatePem));
            (options.DPoP.Enabled, options.DPoP.SigningKey) = (true, EncryptedKey());
            options.ClientCertificate = CertificateWithPassword();
        });
        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<JwtGrantOptions>>().Get("reports");

        foreach (var file in Directory.GetFiles(_folder.Path))
            File.Delete(file);

        Assert.NotNull(provider.GetRequiredKeyedService<ITokenSource>("reports"));
        Assert.Null(options.SigningKey.TakePreloaded());
        Assert.Null(options.DPoP.TakePreloaded());
        Assert.Null(options.ClientCertificate!.TakePreloaded());
    }

    [Fact]
    public void A_DPoP_key_that_validation_loaded_is_not_read_again()
    {
        var options = new DPoPOptions { Enabled = true, SigningKey = EncryptedKey() };
        options.Preload();
        File.Delete(options.SigningKey.Path!);

        var key = DPoPKey.From(options);

        Assert.Equal(DPoPKey.Create(new() { Text = Keys.P256.ExportPkcs8PrivateKeyPem() }).Thumbprint, key.Thumbprint);
        Assert.Equal("signing_key_unreadable", Assert.Throws<JwtGrantException>(() => DPoPKey.From(options)).Code);
    }

    [Fact]
    public void A_client_certificate_that_validation_loaded_is_not_read_again_before_the_first_connection()
    {
        using var next = Keys.CertificateFor(TestData.RsaKey);
        var options = CertificateWithPassword();
        options.Preload();
        File.Delete(options.Path!);

        var certificate = options.Open();

        Assert.Equal(ClientCertificateTransport.Thumbprint(_certificate), certificate.Thumbprint);
        Assert.Equal("client_certificate_unusable", Assert.Throws<JwtGrantException>(() => options.Open()).Code);
        _folder.Write("tls", next.Export(X509ContentType.Pkcs12, Keys.Password));
        Assert.Equal(next.Thumbprint, certificate.ForConnection().Thumbprint);
    }

    private SigningKeyOptions EncryptedKey() => new()
    {
        Path = _folder.Write("dpop", Keys.P256.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption)), Password = Keys.Password,
    };

    private ClientCertificateOptions CertificateWithPassword() => new()
    {
        Path = _folder.Write("tls", _certificate.Export(X509ContentType.Pkcs12, Keys.Password)), Password = Keys.Password,
    };
}
