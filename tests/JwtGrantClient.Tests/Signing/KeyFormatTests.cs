using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>PKCS#12, DER, base64, the environment, a service account: told by their content.</summary>
public sealed class KeyFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Takes_PKCS12_with_a_password_and_without_from_a_file_and_as_base64()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var locked = certificate.Export(X509ContentType.Pkcs12, Keys.Password);

        foreach (var options in new SigningKeyOptions[]
        {
            new() { Path = _folder.Write("locked", locked), Password = Keys.Password },
            new() { Text = Convert.ToBase64String(locked, Base64FormattingOptions.InsertLineBreaks), Password = Keys.Password },
            new() { Path = _folder.Write("open", certificate.Export(X509ContentType.Pkcs12)) },
        })
        {
            var signer = TestSigner.Load(options);

            Assert.Equal(("RS256", "PKCS#12", certificate.Thumbprint), (signer.Algorithm, signer.Identity.Format, signer.Identity.Certificate!.Thumbprint));
        }
    }

    [Fact]
    public void Takes_the_DER_of_every_private_key_form()
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
    public void Takes_an_environment_variable_and_base64_of_a_text()
    {
        Environment.SetEnvironmentVariable("JWTGRANT_TEST_KEY", Convert.ToBase64String(Encoding.UTF8.GetBytes(TestData.RsaPrivatePem)));

        Assert.Equal("RS256", TestSigner.Load(new() { EnvironmentVariable = "JWTGRANT_TEST_KEY" }).Algorithm);
    }

    [Fact]
    public void Takes_a_Google_service_account_with_the_id_of_its_key()
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
    public async Task Takes_a_certificate_object_and_a_JWK_object_by_code()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        var byCertificate = JwtSigner.FromCertificate(certificate, new() { X5tS256 = true, KeyId = TestData.KeyId });
        var byJwk = JwtSigner.FromJwk(new(Keys.PrivateJwk(TestData.RsaKey).With("kid", "from-jwk").With("alg", "PS256").ToJsonString()));

        Assert.Equal(("ES256", TestData.KeyId), (byCertificate.Algorithm, byCertificate.KeyId));
        Assert.Equal("x5t#S256", Assert.Single(byCertificate.Header!).Key);
        Assert.Equal(("PS256", "from-jwk"), (byJwk.Algorithm, byJwk.KeyId));
        Assert.Equal(64, (await byCertificate.SignAsync(new byte[] { 1 }, TestContext.Current.CancellationToken)).Length);
        Assert.True(certificate.HasPrivateKey, "The certificate stays the caller's.");
    }

    [Fact]
    public void Refuses_two_keys_by_code()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);

        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.FromCertificate(certificate, new() { Path = "key.pem" }));

        Assert.Equal("The key is given as an object and by the options' Path, Text, EnvironmentVariable or Certificate; keep one.", error.Message);
    }
}
