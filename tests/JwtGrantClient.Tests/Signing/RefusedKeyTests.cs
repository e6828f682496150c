using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Every kind of unusable key, with the full text of its error: what was found, what was expected, what to do.</summary>
public sealed class RefusedKeyTests : IDisposable
{
    private const string Text = "In SigningKey:Text";
    private const string Damaged = "It is incomplete or damaged; copy it again.";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> UnusableTexts => new()
    {
        { "", "there is no content. Expected PEM, PKCS#12, DER, a JWK, a JWK set or the JSON of a service account. A binary format in a text must be encoded as base64." },
        { "my-secret-key", "there are 13 bytes in no known format. Expected PEM, PKCS#12, DER, a JWK, a JWK set or the JSON of a service account. A binary format in a text must be encoded as base64." },
        { TestData.RsaPrivatePem[..400], "there is a PEM block that is not complete. Expected -----BEGIN PRIVATE KEY----- and the matching END line." },
        { TestData.RsaPublicPem, "there is only a public key (PEM). Signing requires the private key; the public key is for the server." },
        { TestData.RsaKey.ExportRSAPublicKeyPem(), "there is only a public key (PEM). Signing requires the private key; the public key is for the server." },
        { Convert.ToBase64String(TestData.RsaKey.ExportSubjectPublicKeyInfo()), "there is only a public key (DER). Signing requires the private key; the public key is for the server." },
        { Keys.CertificateFor(Keys.P256).ExportCertificatePem(), "there is a certificate without its private key (PEM). Add the private key to the file, or configure the file that contains it." },
        { Convert.ToBase64String(Keys.CertificateFor(Keys.P256).RawData), "there is a certificate without its private key (DER). Use a PKCS#12 file with both, or a PEM file with the key and the certificate." },
        { $"{TestData.RsaPrivatePem}\n{Keys.CertificateFor(Keys.P256).ExportCertificatePem()}", "there are a private key and a certificate that do not belong together (PEM). Use the certificate that was issued for this key." },
        { $"{TestData.RsaPrivatePem}\n{Keys.P256.ExportPkcs8PrivateKeyPem()}", "there are 2 private keys (PEM). Remove all except the signing key, or use a JWK set for several keys." },
        { $"{TestData.RsaPrivatePem}\n{Block("CERTIFICATE")}", $"the PEM block 'CERTIFICATE' cannot be parsed. {Damaged}" },
        { Block("PRIVATE KEY"), $"the PEM block 'PRIVATE KEY' cannot be parsed. {Damaged}" },
        { Block("RSA PRIVATE KEY"), $"the PEM block 'RSA PRIVATE KEY' cannot be parsed. {Damaged}" },
        { Block("EC PRIVATE KEY"), $"the PEM block 'EC PRIVATE KEY' cannot be parsed. {Damaged}" },
        { Convert.ToBase64String(TestData.RsaKey.ExportPkcs8PrivateKey()[..600]), "there are 800 bytes in no known format. Expected PEM, PKCS#12, DER, a JWK, a JWK set or the JSON of a service account. A binary format in a text must be encoded as base64." },
        {
            // A SEC 1 key on an unknown curve, 1.2.782.10045.3.1.7.
            Convert.ToBase64String(WithOtherCurve(Keys.P256.ExportECPrivateKey())),
            "the SEC 1 key (DER) has a type or a curve that this platform does not support. Expected an RSA key, or an EC key on P-256, P-384 or P-521."
        },
        { Block("DH PARAMETERS"), "there is a PEM block 'DH PARAMETERS'. Expected PRIVATE KEY, ENCRYPTED PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY." },
        { Block("OPENSSH PRIVATE KEY"), "there is a private key in the format of OpenSSH. Convert it with: ssh-keygen -p -m PKCS8 -f FILE" },
        {
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----",
            "there is a private key in the old encryption of OpenSSL. Convert it with: openssl pkcs8 -topk8 -in FILE -out NEW"
        },
        {
            new(PemEncoding.Write("PRIVATE KEY", Convert.FromHexString("302e020100300506032b657004220420" + new string('1', 64)))),
            "there is an Ed25519 key. .NET does not support Ed25519. Use a library that does: implement IJwtSigner with the algorithm Ed25519 (RFC 9864) and pass it to UseSigner."
        },
        {
            new(PemEncoding.Write("PRIVATE KEY", Convert.FromHexString("302e020100300506032b656e04220420" + new string('1', 64)))),
            "there is a private key of the type 1.3.101.110. Expected an RSA, EC or ML-DSA key."
        },
    };

    [Theory]
    [MemberData(nameof(UnusableTexts))]
    public void The_error_describes_what_was_found_in_place_of_a_key(string text, string seen) =>
        KeyLoaderAssert.Throws(new() { Text = text }, "signing_key_unusable", $"{Text} {seen}");

    [Fact]
    public void An_RSA_key_under_2048_bits_is_rejected()
    {
        using var small = RSA.Create(1024);

        KeyLoaderAssert.Throws(new() { Text = small.ExportPkcs8PrivateKeyPem() }, "signing_key_too_small",
            "The RSA signing key has 1024 bits; RS256 needs at least 2048 (RFC 7518 section 3.3). " +
            "Create a new key, for example with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
    }

    [Fact]
    public void An_EC_key_on_a_curve_that_does_not_fit_the_algorithm_is_rejected()
    {
        using var key = Keys.Ec("nistP384");

        KeyLoaderAssert.Throws(new() { Text = key.ExportPkcs8PrivateKeyPem(), Algorithm = "ES256" }, "signing_key_does_not_fit",
            "The signing key is an EC key on the curve P-384, which ES256 cannot use. " +
            "ES256 requires P-256, ES384 requires P-384 and ES512 requires P-521 (RFC 7518 section 3.4). Set the algorithm that fits, or do not set it.");
    }

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("brainpoolP256r1")]
    public void A_256_bit_curve_without_a_JOSE_algorithm_is_rejected(string curve)
    {
        using var key = Keys.Ec(curve);

        KeyLoaderAssert.Throws(new() { Text = key.ExportPkcs8PrivateKeyPem() }, "signing_key_does_not_fit",
            $"{Text} there is an EC key on the curve {curve}, which no supported JOSE algorithm uses. Create a key on P-256, P-384 or P-521.");
    }

    [Fact]
    public void An_RSA_key_with_an_EC_algorithm_is_rejected() => KeyLoaderAssert.Throws(
        new() { Text = TestData.RsaPrivatePem, Algorithm = "ES256" }, "signing_key_does_not_fit",
        $"{Text} there is an RSA key, which ES256 cannot use. Set the algorithm to one of RS256, RS384, RS512, PS256, PS384, PS512, or use another key.");

    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). ")]
    [InlineData("HS256", "The signing algorithm 'HS256' is refused: an HMAC key is a shared secret, and any party that can verify the assertion can also forge it. ")]
    [InlineData("rs256", "The signing algorithm 'rs256' is unknown. ")]
    public void An_unsupported_algorithm_is_rejected_with_the_reason(string algorithm, string reason)
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = TestData.RsaPrivatePem, Algorithm = algorithm }));

        Assert.Equal("algorithm_not_supported", error.Code);
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("RS256, RS384", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_error_says_why_a_PKCS12_file_cannot_be_used()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        using var other = Keys.CertificateFor(Keys.P256);
        var encrypted = Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12, Keys.Password));
        var keyless = Convert.ToBase64String(X509CertificateLoader.LoadCertificate(certificate.RawData).Export(X509ContentType.Pkcs12));
        X509Certificate2Collection both = [certificate, other];
        var two = Convert.ToBase64String(both.Export(X509ContentType.Pkcs12)!);

        KeyLoaderAssert.Throws(new() { Text = encrypted, Password = "wrong" }, "signing_key_password",
            $"{Text} there is a PKCS#12 file, which cannot be decrypted with the password. Correct the password, or copy the file again if it is damaged.");
        KeyLoaderAssert.Throws(new() { Text = encrypted }, "signing_key_password",
            $"{Text} there is a PKCS#12 file, and no password is set. Set one of SigningKey:Password, PasswordEnvironmentVariable and PasswordFile.");
        KeyLoaderAssert.Throws(new() { Text = keyless }, "signing_key_unusable",
            $"{Text} there is a PKCS#12 file with 1 certificates, none of which has a private key. Export the certificate again, with its private key.");
        KeyLoaderAssert.Throws(new() { Text = two }, "signing_key_unusable",
            $"{Text} there is a PKCS#12 file with 2 private keys. Remove all except the signing key, or use a JWK set for several keys.");
    }

    [Fact]
    public void The_error_says_why_an_encrypted_key_cannot_be_opened()
    {
        var pem = Keys.P256.ExportEncryptedPkcs8PrivateKeyPem(Keys.Password, Keys.Encryption);

        KeyLoaderAssert.Throws(new() { Text = pem, Password = "wrong" }, "signing_key_password",
            $"{Text} there is an encrypted private key (PKCS#8), which cannot be decrypted with the password. Correct the password, or copy the file again if it is damaged.");
        KeyLoaderAssert.Throws(new() { Text = pem }, "signing_key_password",
            $"{Text} there is an encrypted private key (PKCS#8), and no password is set. Set one of SigningKey:Password, PasswordEnvironmentVariable and PasswordFile.");
        KeyLoaderAssert.Throws(new() { Text = pem, Password = "a", PasswordFile = "b" }, "signing_key_password",
            "SigningKey has more than one of Password, PasswordEnvironmentVariable and PasswordFile; keep only the setting that contains the password.");
        KeyLoaderAssert.Throws(new() { Text = pem, PasswordEnvironmentVariable = "JWTGRANT_TEST_UNSET" }, "signing_key_password",
            "The environment variable 'JWTGRANT_TEST_UNSET' is not set. SigningKey:PasswordEnvironmentVariable names the variable that contains the password; set the variable, or correct the name.");
        KeyLoaderAssert.Throws(new() { Text = pem, PasswordFile = _folder.GetPath("none") }, "signing_key_unreadable",
            $"The password file '{_folder.GetPath("none")}' does not exist (full path: '{_folder.GetPath("none")}'). Create the file, or correct SigningKey:PasswordFile.");
    }

    [Fact]
    public void Exactly_one_location_of_the_key_must_be_configured()
    {
        KeyLoaderAssert.Throws(new(), "signing_key_missing", "No signing key is set. Set SigningKey:Path to a key file, or one of Text, EnvironmentVariable and Certificate.");
        KeyLoaderAssert.Throws(new() { Path = "key.pem", Text = TestData.RsaPrivatePem, Certificate = new() }, "signing_key_ambiguous",
            "SigningKey has Path and Text and Certificate; keep only the setting that contains the key.");
        KeyLoaderAssert.Throws(new() { EnvironmentVariable = "JWTGRANT_TEST_UNSET" }, "signing_key_unreadable",
            "The environment variable 'JWTGRANT_TEST_UNSET' is not set. SigningKey:EnvironmentVariable names the variable that contains the key; set the variable, or correct the name.");
    }

    private static byte[] WithOtherCurve(byte[] sec1)
    {
        ReadOnlySpan<byte> p256 = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
        sec1[sec1.AsSpan().IndexOf(p256) + 2] = 0x0E;
        return sec1;
    }

    private static string Block(string label) => new(PemEncoding.Write(label, [0x30, 0x03, 0x02, 0x01, 0x00]));
}
