using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The formats of public keys that can be registered, and the keys that are refused at registration.</summary>
public sealed class KeyRegistrationTests
{
    private static readonly string Spki = TestData.RsaKey.ExportSubjectPublicKeyInfoPem();

    private static readonly Dictionary<string, (string? Pem, string? Jwks, string Message)> Invalid = new()
    {
        ["neither PEM nor JWKS"] = (null, null, "either PublicKeyPem or Jwks"),
        ["both PEM and JWKS"] = (Spki, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a")), "either PublicKeyPem or Jwks"),
        ["not a key"] = ("key", null, "is not PEM"),
        ["a private key"] = (TestData.RsaKey.ExportPkcs8PrivateKeyPem(), null, "'PRIVATE KEY'"),
        ["a private RSA key"] = (TestData.RsaKey.ExportRSAPrivateKeyPem(), null, "'RSA PRIVATE KEY'"),
        ["a private EC key"] = (TestData.P256Key.ExportECPrivateKeyPem(), null, "'EC PRIVATE KEY'"),
        ["an encrypted private key"] = (TestData.RsaKey.ExportEncryptedPkcs8PrivateKeyPem("p",
            new(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)), null, "'ENCRYPTED PRIVATE KEY'"),
        ["a certificate request"] = (PemEncoding.WriteString("CERTIFICATE REQUEST", [1, 2, 3]), null, "'CERTIFICATE REQUEST'"),
        ["a damaged public key"] = (PemEncoding.WriteString("PUBLIC KEY", [0, 0, 0]), null, "cannot be read"),
        ["a damaged RSA key"] = (PemEncoding.WriteString("RSA PUBLIC KEY", [0, 0, 0]), null, "cannot be read"),
        ["a damaged certificate"] = (PemEncoding.WriteString("CERTIFICATE", [0, 0, 0]), null, "cannot be read"),
        ["a JWKS that is not JSON"] = (null, "keys", "not JSON"),
        ["a single JWK"] = (null, Keys.Jwk(TestData.RsaKey, "a").ToJsonString(), "has no 'keys' array"),
        ["keys that are not a list"] = (null, "{\"keys\":{}}", "has no 'keys' array"),
        ["a key that is not an object"] = (null, "{\"keys\":[1]}", "not a JSON object"),
        ["an empty list of keys"] = (null, "{\"keys\":[]}", "no key for signatures"),
        ["only a key for encryption"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a").With("use", "enc")), "no key for signatures"),
        ["a symmetric key"] = (null, "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "private"),
        ["a private JWK"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a").With("d", "AAAA")), "private"),
        ["a missing modulus"] = (null, "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\"}]}", "'n'"),
        ["a modulus in standard base64"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a").With("n", "+/+/")), "'n'"),
        ["an exponent of 1"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a").With("e", "AQ")), "exponent"),
        ["an even exponent"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a").With("e", "Ag")), "exponent"),
        ["a point off the curve"] =
            (null, Keys.JwkSet(Keys.Jwk(TestData.P256Key, "P-256", "a").With("x", new string('A', 43))), "is not a valid EC key"),
        ["a point on another curve"] = (null, Keys.JwkSet(Keys.Jwk(TestData.P384Key, "P-256", "a")), "expected 32"),
        ["the same kid twice"] = (null, Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "a"), Keys.Jwk(TestData.OtherRsaKey, "a")), "two RSA keys with the same kid"),
    };

    public static TheoryData<string> InvalidCases => TestRows.From(Invalid.Keys);

    [Theory, MemberData(nameof(InvalidCases))]
    public void An_unusable_key_is_refused_at_registration(string testCase)
    {
        var (pem, jwks, message) = Invalid[testCase];
        var server = TestServer.Start().Server;

        var error = Assert.ThrowsAny<ArgumentException>(() =>
            server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = pem, Jwks = jwks }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() =>
            server.TrustIssuer(new() { Issuer = "https://idp.example.com", PublicKeyPem = pem, Jwks = jwks }));
    }

    [Theory]
    [InlineData("SubjectPublicKeyInfo"), InlineData("PKCS#1"), InlineData("certificate"), InlineData("PEM with text around it"), InlineData("JWKS")]
    [InlineData("JWKS with a key of an unknown type"), InlineData("JWKS with a key for encryption")]
    public async Task A_public_key_is_accepted_in_the_usual_formats(string form)
    {
        var pem = form switch
        {
            "SubjectPublicKeyInfo" => Spki,
            "PKCS#1" => TestData.RsaKey.ExportRSAPublicKeyPem(),
            "certificate" => Certificate(),
            "PEM with text around it" => $"Key of the batch job\r\n{Spki}\r\n",
            _ => null,
        };
        var jwks = form switch
        {
            "JWKS" => Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId).With("use", "sig")),
            "JWKS with a key of an unknown type" =>
                Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId), new() { ["kty"] = "OKP", ["crv"] = "Ed448", ["x"] = "AAAA" }),
            "JWKS with a key for encryption" => Keys.JwkSet(Keys.Jwk(TestData.RsaKey, TestData.KeyId), Keys.Jwk(TestData.RsaKey, "enc").With("use", "enc")),
            _ => null,
        };

        (await TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = pem, Jwks = jwks }).PresentAsync(new JwtBuilder()))
            .ShouldBeGranted();
    }

    [Fact]
    public async Task An_EC_key_is_accepted_as_PEM()
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = TestData.P256Key.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(new JwtBuilder().WithHeader("alg", "ES256").SignedBy(TestData.P256Key, HashAlgorithmName.SHA256))).ShouldBeGranted();
    }

    [Fact]
    public async Task A_second_registration_replaces_the_first()
    {
        var server = TestServer.Start();

        server.Server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.OtherRsaKey.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(new JwtBuilder())).ShouldBeRefused(AssertionRole.Grant, "S08");
        (await server.PresentAsync(new JwtBuilder().SignedBy(TestData.OtherRsaKey))).ShouldBeGranted();
    }

    [Theory]
    [InlineData("none"), InlineData("HS256"), InlineData("rs256"), InlineData("ES256K")]
    public void An_algorithm_that_the_server_does_not_support_is_refused_at_registration(string algorithm)
    {
        var error = Assert.Throws<ArgumentException>(() =>
            TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = Spki, SigningAlgorithm = algorithm }));

        Assert.Contains("RS256", error.Message, StringComparison.Ordinal);
    }

    private static string Certificate()
    {
        var request = new CertificateRequest("CN=batch", TestData.RsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TestData.StartTime, TestData.StartTime.AddDays(1));
        return certificate.ExportCertificatePem();
    }
}
