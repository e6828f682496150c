using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Keys in PKCS#12, DER, base64 and service account JSON, whose format the loader detects by content.</summary>
public sealed class KeyFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PKCS12_loads_with_and_without_a_password_from_a_file_and_from_base64()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var encrypted = certificate.Export(X509ContentType.Pkcs12, Keys.Password);

        foreach (var options in new SigningKeyOptions[]
        {
            new() { Path = _folder.Write("encrypted", encrypted), Password = Keys.Password },
            new() { Text = Convert.ToBase64String(encrypted, Base64FormattingOptions.InsertLineBreaks), Password = Keys.Password },
            new() { Path = _folder.Write("open", certificate.Export(X509ContentType.Pkcs12)) },
        })
        {
            var signer = TestSigner.Load(options);

            Assert.Equal(("RS256", "PKCS#12", certificate.Thumbprint), (signer.Algorithm, signer.Identity.Format, signer.Identity.Certificate!.Thumbprint));
        }
    }

    [Fact]
    public void Every_DER_encoding_of_a_private_key_loads()
    {
        (byte[] Der, string Format, string Algorithm)[] forms =
        [
            (TestData.RsaKey.ExportPkcs8PrivateKey(), "PKCS#8, DER", "RS256"),
            (TestData.RsaKey.ExportRSAPrivateKey(), "PKCS#1, DER", "RS256"),
            (Keys.P256.ExportPkcs8PrivateKey(), "PKCS#8, DER", "ES256"),
            (Keys.P256.ExportECPrivateKey(), "SEC 1, DER", "ES256"),
            (Keys.P256.ExportEncryptedPkcs8PrivateKey(Keys.Password, Keys.Encryption), "encrypted PKCS#8, DER", "ES256"),
        ];

        foreach (var (der, format, algorithm) in forms)
        {
            var fromFile = TestSigner.Load(new() { Path = _folder.Write("key", der), Password = Keys.Password });
            var fromText = TestSigner.Load(new() { Text = Keys.EncodeBase64Url(der), Password = Keys.Password });

            Assert.Equal((format, algorithm), (fromFile.Identity.Format, fromFile.Algorithm));
            Assert.Equal((format, algorithm), (fromText.Identity.Format, fromText.Algorithm));
        }
    }

    [Fact]
    public void Base64_of_PEM_loads_from_an_environment_variable()
    {
        Environment.SetEnvironmentVariable("JWTGRANT_TEST_KEY", Convert.ToBase64String(Encoding.UTF8.GetBytes(TestData.RsaPrivatePem)));

        Assert.Equal("RS256", TestSigner.Load(new() { EnvironmentVariable = "JWTGRANT_TEST_KEY" }).Algorithm);
    }

    [Fact]
    public void A_Google_service_account_loads_with_the_id_of_its_key()
    {
        var json = new JsonObject
        {
            ["type"] = "service_account", ["project_id"] = "demo", ["private_key_id"] = "3f1c", ["private_key"] = TestData.RsaPrivatePem,
            ["client_email"] = "batch@demo.iam.gserviceaccount.com", ["token_uri"] = "https://oauth2.googleapis.com/token",
        };

        var signer = TestSigner.Load(new() { Path = _folder.Write("account.json", json.ToJsonString()) });

        Assert.Equal(("RS256", "3f1c", "service account JSON"), (signer.Algorithm, signer.KeyId, signer.Identity.Format));
    }

    [Fact]
    public async Task FromCertificate_and_FromJwk_create_signers()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        var certificateSigner = JwtSigner.FromCertificate(certificate, new() { X5tS256 = true, KeyId = TestData.KeyId });
        var jwkSigner = JwtSigner.FromJwk(new(Keys.PrivateJwk(TestData.RsaKey).With("kid", "from-jwk").With("alg", "PS256").ToJsonString()));

        Assert.Equal(("ES256", TestData.KeyId), (certificateSigner.Algorithm, certificateSigner.KeyId));
        Assert.Equal("x5t#S256", Assert.Single(certificateSigner.Header!).Key);
        Assert.Equal(("PS256", "from-jwk"), (jwkSigner.Algorithm, jwkSigner.KeyId));
        Assert.Equal(64, (await certificateSigner.SignAsync(new byte[] { 1 }, TestContext.Current.CancellationToken)).Length);
        Assert.True(certificate.HasPrivateKey, "The certificate of the caller was disposed.");
    }

    [Fact]
    public void A_key_object_together_with_a_key_path_is_rejected()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);

        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.FromCertificate(certificate, new() { Path = "key.pem" }));

        Assert.Equal("The key is passed as an object and is also set by the options' Path, Text, EnvironmentVariable or Certificate; use one of them.", error.Message);
    }
}
