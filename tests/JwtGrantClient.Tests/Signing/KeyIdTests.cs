using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>What the header says of the key: kid and the certificate's members, and nothing that nobody asked for.</summary>
public sealed class KeyIdTests
{
    [Fact]
    public async Task Sends_neither_kid_nor_certificate_unless_asked()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate) });

        Assert.Equal("""{"alg":"RS256","typ":"JWT"}""", header.GetRawText());
    }

    [Fact]
    public async Task Names_the_certificate_by_its_thumbprints_in_base64url()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate), X5t = true, X5tS256 = true });

        Assert.Equal(["alg", "typ", "x5t", "x5t#S256"], header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Keys.EncodeBase64Url(certificate.GetCertHash()), header.GetProperty("x5t").GetString());
        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(certificate.RawData)), header.GetProperty("x5t#S256").GetString());
    }

    [Fact]
    public async Task Carries_the_chain_from_the_keys_own_certificate_up_without_the_root()
    {
        var (own, intermediate, root) = Keys.Chain(TestData.RsaKey);
        X509Certificate2Collection all = [root, own, intermediate];
        var pkcs12 = Convert.ToBase64String(all.Export(X509ContentType.Pkcs12)!);

        foreach (var text in new[] { $"{Pem(own)}\n{root.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}", Pkcs12(own, root, intermediate) })
        {
            var header = await HeaderAsync(new() { Text = text, X5c = true });

            Assert.Equal(
                [Convert.ToBase64String(own.RawData), Convert.ToBase64String(intermediate.RawData)],
                header.GetProperty("x5c").EnumerateArray().Select(link => link.GetString()));
        }
    }

    [Fact]
    public async Task Carries_a_self_signed_certificate_alone()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate), X5c = true });

        Assert.Equal(Convert.ToBase64String(certificate.RawData), Assert.Single(header.GetProperty("x5c").EnumerateArray()).GetString());
    }

    [Fact]
    public void Takes_the_kid_from_the_settings_before_the_keys_own()
    {
        var jwk = Keys.PrivateJwk(TestData.RsaKey).With("kid", "own").ToJsonString();

        Assert.Equal("own", TestSigner.Load(new() { Text = jwk }).KeyId);
        Assert.Equal("given", TestSigner.Load(new() { Text = jwk, KeyId = "given" }).KeyId);
    }

    [Fact]
    public void Makes_the_kid_of_the_certificates_thumbprint()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        Assert.Equal(certificate.Thumbprint, TestSigner.Load(new() { Text = Pem(certificate), KeyIdFrom = KeyIdSource.CertificateThumbprint }).KeyId);
    }

    /// <summary>RFC 7638 section 3: the required members in the order of their names, without space.</summary>
    [Fact]
    public void Makes_the_kid_of_the_JWK_thumbprint()
    {
        var (rsa, ec) = (Keys.PrivateJwk(TestData.RsaKey), Keys.PrivateJwk(Keys.P256));
        var ofRsa = $$"""{"e":"{{rsa["e"]}}","kty":"RSA","n":"{{rsa["n"]}}"}""";
        var ofEc = $$"""{"crv":"P-256","kty":"EC","x":"{{ec["x"]}}","y":"{{ec["y"]}}"}""";

        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(ofRsa))), Thumbprint(TestData.RsaPrivatePem));
        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(ofEc))), Thumbprint(Keys.P256.ExportPkcs8PrivateKeyPem()));
    }

    [Theory]
    [InlineData(true, false, false, KeyIdSource.Key, "X5t")]
    [InlineData(false, true, false, KeyIdSource.Key, "X5tS256")]
    [InlineData(false, false, true, KeyIdSource.Key, "X5c")]
    [InlineData(false, false, false, KeyIdSource.CertificateThumbprint, "KeyIdFrom")]
    public void Says_that_there_is_no_certificate_to_name(bool x5t, bool x5tS256, bool x5c, KeyIdSource from, string setting) => KeyLoaderAssert.Throws(
        new() { Text = TestData.RsaPrivatePem, X5t = x5t, X5tS256 = x5tS256, X5c = x5c, KeyIdFrom = from }, "signing_key_without_certificate",
        $"SigningKey:{setting} asks for a certificate, but in the key in SigningKey:Text there is a key alone (PKCS#8, PEM). " +
        $"Put the certificate beside the key, or leave {setting} out.");

    private static string Thumbprint(string pem) => TestSigner.Load(new() { Text = pem, KeyIdFrom = KeyIdSource.JwkThumbprint }).KeyId!;

    private static string Pem(X509Certificate2 certificate) => $"{TestData.RsaPrivatePem}\n{certificate.ExportCertificatePem()}";

    private static string Pkcs12(X509Certificate2 own, params X509Certificate2[] others)
    {
        // In no order, and the issuers without their keys.
        X509Certificate2Collection all = [.. others.Select(other => X509CertificateLoader.LoadCertificate(other.RawData)), own];
        return Convert.ToBase64String(all.Export(X509ContentType.Pkcs12)!);
    }

    private static async Task<JsonElement> HeaderAsync(SigningKeyOptions options) => Jwt.Parse(await JwsWriter.SignAsync(
        new JwsHeader(TestSigner.Load(options), "JWT"), "{}"u8.ToArray(), TestContext.Current.CancellationToken)).Header;
}
