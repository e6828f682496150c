using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>The header members that identify the key (kid, x5t, x5t#S256 and x5c). Only those that are configured are sent.</summary>
public sealed class KeyIdTests
{
    [Fact]
    public async Task Kid_and_certificate_members_are_not_sent_by_default()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate) });

        Assert.Equal("""{"alg":"RS256","typ":"JWT"}""", header.GetRawText());
    }

    [Fact]
    public async Task X5t_and_x5tS256_contain_the_base64url_thumbprints_of_the_certificate()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate), X5t = true, X5tS256 = true });

        Assert.Equal(["alg", "typ", "x5t", "x5t#S256"], header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(Keys.EncodeBase64Url(certificate.GetCertHash()), header.GetProperty("x5t").GetString());
        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(certificate.RawData)), header.GetProperty("x5t#S256").GetString());
    }

    [Fact]
    public async Task X5c_contains_the_chain_from_the_signing_certificate_up_without_the_root()
    {
        var (own, intermediate, root) = Keys.Chain(TestData.RsaKey);

        foreach (var text in new[] { $"{Pem(own)}\n{root.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}", Pkcs12(own, root, intermediate) })
        {
            var header = await HeaderAsync(new() { Text = text, X5c = true });

            Assert.Equal(
                [Convert.ToBase64String(own.RawData), Convert.ToBase64String(intermediate.RawData)],
                header.GetProperty("x5c").EnumerateArray().Select(link => link.GetString()));
        }
    }

    [Fact]
    public async Task X5cRoot_adds_the_root_and_requires_the_whole_chain()
    {
        var (own, intermediate, root) = Keys.Chain(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = $"{Pem(own)}\n{root.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}", X5c = true, X5cRoot = true });

        Assert.Equal(
            [Convert.ToBase64String(own.RawData), Convert.ToBase64String(intermediate.RawData), Convert.ToBase64String(root.RawData)],
            header.GetProperty("x5c").EnumerateArray().Select(link => link.GetString()));
        KeyLoaderAssert.Throws(
            new() { Text = $"{Pem(own)}\n{intermediate.ExportCertificatePem()}", X5c = true, X5cRoot = true }, "signing_key_without_certificate",
            $"SigningKey:X5cRoot requires the chain up to the root, but in SigningKey:Text it ends with '{intermediate.Subject}', which '{root.Subject}' issued. Add the missing certificates.");
    }

    [Fact]
    public async Task X5c_contains_a_self_signed_certificate()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        var header = await HeaderAsync(new() { Text = Pem(certificate), X5c = true });

        Assert.Equal(Convert.ToBase64String(certificate.RawData), Assert.Single(header.GetProperty("x5c").EnumerateArray()).GetString());
    }

    [Fact]
    public void A_configured_kid_overrides_the_kid_of_the_key()
    {
        var jwk = Keys.PrivateJwk(TestData.RsaKey).With("kid", "own").ToJsonString();

        Assert.Equal("own", TestSigner.Load(new() { Text = jwk }).KeyId);
        Assert.Equal("configured", TestSigner.Load(new() { Text = jwk, KeyId = "configured" }).KeyId);
    }

    [Fact]
    public void The_certificate_thumbprint_can_be_the_kid()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);

        Assert.Equal(certificate.Thumbprint, TestSigner.Load(new() { Text = Pem(certificate), KeyIdFrom = KeyIdSource.CertificateThumbprint }).KeyId);
    }

    /// <summary>RFC 7638 section 3: the hash covers the required members in lexicographic order, without whitespace.</summary>
    [Fact]
    public void The_JWK_thumbprint_can_be_the_kid()
    {
        var (rsa, ec) = (Keys.PrivateJwk(TestData.RsaKey), Keys.PrivateJwk(Keys.P256));
        var rsaJwk = $$"""{"e":"{{rsa["e"]}}","kty":"RSA","n":"{{rsa["n"]}}"}""";
        var ecJwk = $$"""{"crv":"P-256","kty":"EC","x":"{{ec["x"]}}","y":"{{ec["y"]}}"}""";

        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(rsaJwk))), Thumbprint(TestData.RsaPrivatePem));
        Assert.Equal(Keys.EncodeBase64Url(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(ecJwk))), Thumbprint(Keys.P256.ExportPkcs8PrivateKeyPem()));
    }

    [Theory]
    [InlineData(true, false, false, KeyIdSource.Key, "X5t")]
    [InlineData(false, true, false, KeyIdSource.Key, "X5tS256")]
    [InlineData(false, false, true, KeyIdSource.Key, "X5c")]
    [InlineData(false, false, false, KeyIdSource.CertificateThumbprint, "KeyIdFrom")]
    public void An_option_that_requires_a_certificate_is_rejected_for_a_key_without_one(bool x5t, bool x5tS256, bool x5c, KeyIdSource from, string setting) => KeyLoaderAssert.Throws(
        new() { Text = TestData.RsaPrivatePem, X5t = x5t, X5tS256 = x5tS256, X5c = x5c, KeyIdFrom = from }, "signing_key_without_certificate",
        $"SigningKey:{setting} requires a certificate, but in SigningKey:Text there is only a key (PKCS#8, PEM). " +
        $"Add the certificate, or do not set {setting}.");

    private static string Thumbprint(string pem) => TestSigner.Load(new() { Text = pem, KeyIdFrom = KeyIdSource.JwkThumbprint }).KeyId!;

    private static string Pem(X509Certificate2 certificate) => $"{TestData.RsaPrivatePem}\n{certificate.ExportCertificatePem()}";

    private static string Pkcs12(X509Certificate2 own, params X509Certificate2[] others)
    {
        // The certificates are not in chain order, and the issuers have no private keys.
        X509Certificate2Collection all = [.. others.Select(other => X509CertificateLoader.LoadCertificate(other.RawData)), own];
        return Convert.ToBase64String(all.Export(X509ContentType.Pkcs12)!);
    }

    private static async Task<JsonElement> HeaderAsync(SigningKeyOptions options) => Jwt.Parse(await JwsWriter.SignAsync(
        new JwsHeader(TestSigner.Load(options), "JWT"), "{}"u8.ToArray(), TestContext.Current.CancellationToken)).Header;
}
