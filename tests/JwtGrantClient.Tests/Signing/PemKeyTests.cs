using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

public sealed class PemKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PKCS8_and_PKCS1_load_from_a_file_and_from_text()
    {
        foreach (var pem in new[] { TestData.RsaPrivatePem, TestData.RsaKey.ExportRSAPrivateKeyPem() })
        {
            Assert.Equal("RS256", TestSigner.Load(new() { Path = _folder.Write("key.txt", pem) }).Algorithm);
            Assert.Equal("RS256", TestSigner.Load(new() { Text = pem }).Algorithm);
        }
    }

    [Fact]
    public void Text_before_the_PEM_block_is_ignored_and_the_configured_kid_is_used()
    {
        var signer = TestSigner.Load(new() { Text = "Bag Attributes\n  friendlyName: batch\n" + TestData.RsaPrivatePem, KeyId = TestData.KeyId });

        Assert.Equal(TestData.KeyId, signer.KeyId);
    }

    [Theory]
    [InlineData("nistP256", "ES256")]
    [InlineData("nistP384", "ES384")]
    [InlineData("nistP521", "ES512")]
    public void The_default_algorithm_fits_the_curve(string curve, string algorithm)
    {
        using var key = Keys.Ec(curve);

        Assert.Equal(algorithm, TestSigner.Load(new() { Text = key.ExportECPrivateKeyPem() }).Algorithm);
        Assert.Equal(algorithm, TestSigner.Load(new() { Text = key.ExportPkcs8PrivateKeyPem() }).Algorithm);
    }

    [Fact]
    public void The_EC_parameters_block_that_openssl_ecparam_writes_is_ignored()
    {
        var parameters = new string(PemEncoding.Write("EC PARAMETERS", [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]));

        Assert.Equal("ES256", TestSigner.Load(new() { Text = $"{parameters}\n{Keys.P256.ExportECPrivateKeyPem()}" }).Algorithm);
    }

    [Fact]
    public void An_encrypted_key_opens_with_a_password_from_options_an_environment_variable_or_a_file()
    {
        Environment.SetEnvironmentVariable("JWTGRANT_TEST_PASSWORD", Keys.Password);
        foreach (AsymmetricAlgorithm key in new AsymmetricAlgorithm[] { TestData.RsaKey, Keys.P256 })
        {
            var path = _folder.Write("key.pem", key.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption));
            var expected = key is RSA ? "RS256" : "ES256";

            Assert.Equal(expected, TestSigner.Load(new() { Path = path, Password = Keys.Password }).Algorithm);
            Assert.Equal(expected, TestSigner.Load(new() { Path = path, PasswordEnvironmentVariable = "JWTGRANT_TEST_PASSWORD" }).Algorithm);
            Assert.Equal(expected, TestSigner.Load(new() { Path = path, PasswordFile = _folder.Write("password", Keys.Password + "\r\n") }).Algorithm);
        }
    }

    [Fact]
    public void A_key_and_its_certificate_load_from_one_file_in_any_order()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        using var issuer = Keys.CertificateFor(Keys.P256, "CN=issuer");
        var pem = certificate.ExportCertificatePem();

        foreach (var text in new[] { $"{TestData.RsaPrivatePem}\n{pem}", $"{pem}\n{TestData.RsaPrivatePem}", $"{issuer.ExportCertificatePem()}\n{pem}\n{TestData.RsaPrivatePem}" })
            Assert.Equal(certificate.Thumbprint, TestSigner.Load(new() { Text = text }).Identity.Certificate!.Thumbprint);
    }

    [Fact]
    public void PEM_loads_with_changed_line_breaks_and_in_other_encodings()
    {
        var oneLine = TestData.RsaPrivatePem.ReplaceLineEndings("\\n");
        var spaces = TestData.RsaPrivatePem.ReplaceLineEndings(" ");
        var utf16 = _folder.Write("utf16.pem", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(TestData.RsaPrivatePem.ReplaceLineEndings("\r\n"))]);
        var utf8WithMark = _folder.Write("bom.pem", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(TestData.RsaPrivatePem)]);

        foreach (var options in new SigningKeyOptions[] { new() { Text = oneLine }, new() { Text = spaces }, new() { Path = utf16 }, new() { Path = utf8WithMark } })
            Assert.Equal("RS256", TestSigner.Load(options).Algorithm);
    }

    [Fact]
    public void An_Apple_p8_file_loads()
    {
        var path = _folder.Write("AuthKey_ABC123DEFG.p8", Keys.P256.ExportPkcs8PrivateKeyPem());

        Assert.Equal("ES256", TestSigner.Load(new() { Path = path, KeyId = "ABC123DEFG" }).Algorithm);
    }

    [Fact]
    public void The_detected_format_is_reported() =>
        Assert.Equal("SEC 1, PEM", TestSigner.Load(new() { Text = Keys.P256.ExportECPrivateKeyPem() }).Identity.Format);
}
