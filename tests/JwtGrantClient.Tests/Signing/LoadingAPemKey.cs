using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.Given;

namespace JwtGrantClient.Tests.Signing;

public sealed class LoadingAPemKey : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("jwtgrant-keys-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Takes_PKCS8_and_PKCS1_from_a_file_and_from_text()
    {
        foreach (var pem in new[] { The.RsaPrivatePem, The.RsaKey.ExportRSAPrivateKeyPem() })
        {
            var path = Path.Combine(_folder.FullName, "key.pem");
            File.WriteAllText(path, pem);

            Assert.Equal("RS256", SigningKeyLoader.Load(new() { Path = path }).Algorithm);
            Assert.Equal("RS256", SigningKeyLoader.Load(new() { Text = pem }).Algorithm);
        }
    }

    [Fact]
    public void Takes_text_before_the_block_and_the_key_id_as_given()
    {
        var signer = SigningKeyLoader.Load(new() { Text = "Bag Attributes\n  friendlyName: batch\n" + The.RsaPrivatePem, KeyId = The.KeyId });

        Assert.Equal(The.KeyId, signer.KeyId);
    }

    [Theory]
    [InlineData("nistP256", "ES256")]
    [InlineData("nistP384", "ES384")]
    [InlineData("nistP521", "ES512")]
    public void Chooses_the_algorithm_that_fits_the_curve(string curve, string algorithm)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        Assert.Equal(algorithm, SigningKeyLoader.Load(new() { Text = key.ExportECPrivateKeyPem() }).Algorithm);
        Assert.Equal(algorithm, SigningKeyLoader.Load(new() { Text = key.ExportPkcs8PrivateKeyPem() }).Algorithm);
    }

    [Fact]
    public void Refuses_an_RSA_key_under_2048_bits()
    {
        using var small = RSA.Create(1024);

        Refused(new() { Text = small.ExportPkcs8PrivateKeyPem() }, "signing_key_too_small",
            "The RSA signing key has 1024 bits; RS256 needs at least 2048 (RFC 7518 section 3.3). " +
            "Make a new key, for example with: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072");
    }

    [Fact]
    public void Refuses_a_curve_that_the_algorithm_does_not_fit()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Refused(new() { Text = key.ExportPkcs8PrivateKeyPem(), Algorithm = "ES256" }, "signing_key_does_not_fit",
            "The signing key is an EC key on the curve P-384, which ES256 cannot use. " +
            "ES256 wants P-256, ES384 P-384, ES512 P-521 (RFC 7518 section 3.4); set the algorithm that fits, or leave it out.");
    }

    [Fact]
    public void Refuses_a_curve_that_JOSE_does_not_know_though_it_has_256_bits()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);

        Refused(new() { Text = key.ExportPkcs8PrivateKeyPem() }, "signing_key_does_not_fit",
            "In the key in SigningKey:Text there is an EC key on the curve brainpoolP256r1, which no JOSE algorithm of this library uses. " +
            "Make a key on P-256, P-384 or P-521.");
    }

    [Fact]
    public void Refuses_an_RSA_key_under_an_EC_algorithm() =>
        Refused(new() { Text = The.RsaPrivatePem, Algorithm = "ES256" }, "signing_key_does_not_fit",
            "The signing key is RSA, but the algorithm is ES256, which wants an EC key. Set the algorithm to RS256 or PS256, or give an EC key.");

    [Fact]
    public void Refuses_an_EC_key_under_an_RSA_algorithm()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);

        var error = Assert.Throws<JwtGrantException>(() => SigningKeyLoader.Load(new() { Text = key.ExportPkcs8PrivateKeyPem(), Algorithm = "RS256" }));

        Assert.StartsWith("The signing key is an EC key on the curve brainpoolP256r1, which RS256 cannot use. ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). ")]
    [InlineData("HS256", "The signing algorithm 'HS256' is refused: an HMAC key is a shared secret, and whoever can check such an assertion can also forge it. ")]
    [InlineData("rs256", "The signing algorithm 'rs256' is not known. ")]
    public void Refuses_an_algorithm_by_name_and_reason(string algorithm, string reason)
    {
        var error = Assert.Throws<JwtGrantException>(() => SigningKeyLoader.Load(new() { Text = The.RsaPrivatePem, Algorithm = algorithm }));

        Assert.Equal("algorithm_not_supported", error.Code);
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("RS256, RS384", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> UnusableTexts => new()
    {
        { "", "In the key in SigningKey:Text no PEM block was found. It must hold -----BEGIN PRIVATE KEY----- and the matching END line, whole." },
        { The.RsaPrivatePem[..400], "In the key in SigningKey:Text no PEM block was found. It must hold -----BEGIN PRIVATE KEY----- and the matching END line, whole." },
        { The.RsaPublicPem, "In the key in SigningKey:Text there is only a public key. Signing needs the private key; the public one is for the server." },
        { Block("CERTIFICATE"), "In the key in SigningKey:Text there is a certificate first. Give the file that holds its private key." },
        { Block("PRIVATE KEY"), "In the key in SigningKey:Text the block 'PRIVATE KEY' does not parse. It is cut short or damaged; copy it again, whole." },
        { Block("RSA PRIVATE KEY"), "In the key in SigningKey:Text the block 'RSA PRIVATE KEY' does not parse. It is cut short or damaged; copy it again, whole." },
        { Block("DH PARAMETERS"), "In the key in SigningKey:Text there is a PEM block 'DH PARAMETERS'. Expected PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY." },
    };

    [Theory]
    [MemberData(nameof(UnusableTexts))]
    public void Says_what_it_saw_in_place_of_a_key(string pem, string message) => Refused(new() { Text = pem }, "signing_key_unusable", message);

    [Fact]
    public void Says_what_stands_where_the_file_should_be()
    {
        var missing = Path.Combine(_folder.FullName, "missing.pem");
        var large = Path.Combine(_folder.FullName, "large.pem");
        File.WriteAllText(large, new string('x', 70_000));

        Refused(new() { Path = missing }, "signing_key_unreadable",
            $"The key file '{missing}' does not exist (looked for it as '{missing}'). Set SigningKey:Path to a PEM file.");
        Refused(new() { Path = _folder.FullName }, "signing_key_unreadable",
            $"The key file '{_folder.FullName}' is a directory. Name the PEM file in it.");
        Refused(new() { Path = large }, "signing_key_unreadable",
            $"The key file '{large}' has 70000 bytes; a key file has at most 65536. Is it the right file?");
    }

    [Fact]
    public void Wants_exactly_one_place()
    {
        Refused(new(), "signing_key_missing", "No signing key is set. Set SigningKey:Path to a PEM file, or SigningKey:Text to its text.");
        Refused(new() { Path = "key.pem", Text = The.RsaPrivatePem }, "signing_key_ambiguous",
            "SigningKey has both a Path and a Text; keep the one that holds the key.");
    }

    private static string Block(string label) => new(PemEncoding.Write(label, [0x30, 0x03, 0x02, 0x01, 0x00]));

    private static void Refused(SigningKeyOptions options, string code, string message)
    {
        var error = Assert.Throws<JwtGrantException>(() => SigningKeyLoader.Load(options));

        Assert.Equal(JwtGrantErrorKind.Configuration, error.Kind);
        Assert.Equal(code, error.Code);
        Assert.Equal(message, error.Message);
    }
}
