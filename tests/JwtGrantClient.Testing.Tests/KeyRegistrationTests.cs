using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>What can be registered as a public key, and what is told at once.</summary>
public sealed class KeyRegistrationTests
{
    private static readonly string Spki = TestData.RsaKey.ExportSubjectPublicKeyInfoPem();

    private static readonly Dictionary<string, (string? Pem, string? Jwks, string Saying)> Bad = new()
    {
        ["neither PEM nor JWKS"] = (null, null, "either PublicKeyPem or Jwks"),
        ["both"] = (Spki, Keys.Set(Keys.Jwk(TestData.RsaKey, "a")), "either PublicKeyPem or Jwks"),
        ["a word"] = ("key", null, "no PEM"),
        ["a private key"] = (TestData.RsaKey.ExportPkcs8PrivateKeyPem(), null, "'PRIVATE KEY'"),
        ["a private RSA key"] = (TestData.RsaKey.ExportRSAPrivateKeyPem(), null, "'RSA PRIVATE KEY'"),
        ["a private EC key"] = (TestData.P256Key.ExportECPrivateKeyPem(), null, "'EC PRIVATE KEY'"),
        ["an encrypted private key"] = (TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem("p",
            new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)), null, "'ENCRYPTED PRIVATE KEY'"),
        ["a certificate request"] = (PemEncoding.WriteString("CERTIFICATE REQUEST", [1, 2, 3]), null, "'CERTIFICATE REQUEST'"),
        ["a damaged public key"] = (PemEncoding.WriteString("PUBLIC KEY", [0, 0, 0]), null, "cannot be read"),
        ["a damaged RSA key"] = (PemEncoding.WriteString("RSA PUBLIC KEY", [0, 0, 0]), null, "cannot be read"),
        ["a damaged certificate"] = (PemEncoding.WriteString("CERTIFICATE", [0, 0, 0]), null, "cannot be read"),
        ["a JWKS that is no JSON"] = (null, "keys", "not JSON"),
        ["a JWK alone"] = (null, Keys.Jwk(TestData.RsaKey, "a").ToJsonString(), "no list of keys"),
        ["keys that are no list"] = (null, "{\"keys\":{}}", "no list of keys"),
        ["a key that is no object"] = (null, "{\"keys\":[1]}", "no object"),
        ["no key at all"] = (null, "{\"keys\":[]}", "no key for signatures"),
        ["a key for encryption alone"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a").With("use", "enc")), "no key for signatures"),
        ["a secret"] = (null, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "no key for signatures"),
        ["a private JWK"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a").With("d", "AAAA")), "private"),
        ["a modulus missing"] = (null, "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "'n'"),
        ["a modulus in plain base64"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a").With("n", "+/+/")), "'n'"),
        ["an exponent of 1"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a").With("e", "AQ")), "exponent"),
        ["an even exponent"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a").With("e", "Ag")), "exponent"),
        ["a point beside the curve"] =
            (null, Keys.Set(Keys.Jwk(TestData.P256Key, "P-256", "a").With("x", new string('A', 43))), "cannot be read"),
        ["a point on another curve"] = (null, Keys.Set(Keys.Jwk(TestData.P384Key, "P-256", "a")), "cannot be read"),
        ["a kid twice"] = (null, Keys.Set(Keys.Jwk(TestData.RsaKey, "a"), Keys.Jwk(TestData.OtherRsaKey, "a")), "same kid"),
    };

    public static TheoryData<string> BadNames => TestRows.Of(Bad.Keys);

    [Theory, MemberData(nameof(BadNames))]
    public void A_key_that_cannot_serve_is_refused_at_registration(string row)
    {
        var (pem, jwks, saying) = Bad[row];
        var server = TestServer.Start().Server;

        var error = Assert.ThrowsAny<ArgumentException>(() =>
            server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = pem, Jwks = jwks }));
        Assert.Contains(saying, error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() =>
            server.TrustIssuer(new() { Issuer = "https://idp.example.com", PublicKeyPem = pem, Jwks = jwks }));
    }

    [Theory]
    [InlineData("SubjectPublicKeyInfo"), InlineData("PKCS#1"), InlineData("certificate"), InlineData("text around it"), InlineData("JWKS")]
    [InlineData("JWKS with a key of an unknown kind"), InlineData("JWKS with a key for encryption")]
    public async Task A_public_key_is_taken_in_its_usual_forms(string form)
    {
        var pem = form switch
        {
            "SubjectPublicKeyInfo" => Spki,
            "PKCS#1" => TestData.RsaKey.ExportRSAPublicKeyPem(),
            "certificate" => Certificate(),
            "text around it" => $"Key of the batch job\r\n{Spki}\r\n",
            _ => null,
        };
        var jwks = form switch
        {
            "JWKS" => Keys.Set(Keys.Jwk(TestData.RsaKey, TestData.KeyId).With("use", "sig")),
            "JWKS with a key of an unknown kind" =>
                Keys.Set(Keys.Jwk(TestData.RsaKey, TestData.KeyId), new() { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = "AAAA" }),
            "JWKS with a key for encryption" => Keys.Set(Keys.Jwk(TestData.RsaKey, TestData.KeyId), Keys.Jwk(TestData.RsaKey, "enc").With("use", "enc")),
            _ => null,
        };

        (await TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = pem, Jwks = jwks }).PresentAsync(new JwtBuilder()))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task An_EC_key_is_taken_as_PEM()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = TestData.P256Key.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(new JwtBuilder().Head("alg", "ES256").SignedBy(TestData.P256Key, HashAlgorithmName.SHA256))).ShouldBeGranted();
    }

    [Fact]
    public async Task A_registration_replaces_the_one_before()
    {
        var server = TestServer.Start();

        server.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(new JwtBuilder())).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("none"), InlineData("HS256"), InlineData("rs256"), InlineData("EdDSA")]
    public void An_algorithm_that_is_not_verified_here_cannot_be_registered(string algorithm)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = Spki, SigningAlgorithm = algorithm }));

        Assert.Contains("RS256", error.Message, StringComparison.Ordinal);
    }

    private static string Certificate()
    {
        var request = new CertificateRequest("CN=batch", TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TestData.Moment, TestData.Moment.AddDays(1));
        return certificate.ExportCertificatePem();
    }
}
