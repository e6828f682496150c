using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Signing;

/// <summary>SigningCredentials that are rejected when the signer is created, before anything is signed.</summary>
public sealed class SigningCredentialsRefusalTests
{
    private const string Rules = "Register a public key with the server and choose one of RS256, ";

    [Fact]
    public void An_RSA_key_under_2048_bits_is_rejected_although_IdentityModel_signs_with_it()
    {
        using var small = RSA.Create(1024);
        using var certificate = Keys.CertificateFor(small);
        SecurityKey[] keys =
        [
            new RsaSecurityKey(small), new RsaSecurityKey(small.ExportParameters(includePrivateParameters: true)), new X509SecurityKey(certificate),
            new JsonWebKey(Keys.PrivateJwk(small).ToJsonString()),
        ];

        foreach (var key in keys)
            Expect(new(key, "RS256"), "signing_key_too_small", "The RSA signing key has 1024 bits; RS256 needs at least 2048 (RFC 7518 section 3.3).");
        Assert.NotEmpty(small.SignData([1], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public void An_EC_key_on_a_curve_that_does_not_fit_the_algorithm_is_rejected_and_not_disposed()
    {
        using var p384 = Keys.Ec("nistP384");
        using var certificate = Keys.CertificateFor(p384);
        SecurityKey[] keys = [new ECDsaSecurityKey(p384), new X509SecurityKey(certificate), new JsonWebKey(Keys.PrivateJwk(p384).ToJsonString())];

        foreach (var key in keys)
            Expect(new(key, "ES256"), "signing_key_does_not_fit", "The signing key is an EC key on the curve P-384, which ES256 cannot use.");
        Assert.NotEmpty(p384.SignData([1], HashAlgorithmName.SHA384));
    }

    [Fact]
    public void An_EC_key_on_a_curve_without_a_name_is_rejected()
    {
        using var named = Keys.Ec("nistP256");
        var parameters = named.ExportExplicitParameters(includePrivateParameters: true);
        // The platform recognizes a named curve by its parameters. With another generator the curve has no name.
        parameters.Curve.G = parameters.Q;
        using var nameless = ECDsa.Create(parameters.Curve);

        Expect(
            new(new ECDsaSecurityKey(nameless), "ES256"), "signing_key_does_not_fit",
            "In the SigningCredentials there is an EC key on the curve without a name, which no supported JOSE algorithm uses.");
    }

    [Fact]
    public void A_key_type_that_does_not_fit_the_algorithm_is_rejected()
    {
        Expect(
            new(new RsaSecurityKey(TestData.RsaKey), "ES256"), "signing_key_does_not_fit",
            "In the SigningCredentials there is an RSA key, which ES256 cannot use. Set the algorithm to one of RS256, RS384, RS512, PS256, PS384, PS512, or use another key.");
        Expect(
            new(new ECDsaSecurityKey(Keys.P256), "RS256"), "signing_key_does_not_fit",
            "The signing key is an EC key on the curve P-256, which RS256 cannot use.");
    }

    [Theory]
    [InlineData("HS256", "HS256"), InlineData(SecurityAlgorithms.HmacSha384Signature, "HS384"), InlineData(SecurityAlgorithms.HmacSha512Signature, "HS512")]
    public void An_HMAC_algorithm_is_rejected_with_every_type_of_key(string algorithm, string name)
    {
        SecurityKey[] keys = [Symmetric(), OctJwk(), new RsaSecurityKey(TestData.RsaKey)];

        foreach (var key in keys)
            Expect(
                new(key, algorithm), "algorithm_not_supported",
                $"The signing algorithm '{name}' is refused: an HMAC key is a shared secret, and any party that can verify the assertion can also forge it. {Rules}");
    }

    [Fact]
    public void A_symmetric_key_is_rejected_with_an_asymmetric_algorithm()
    {
        SecurityKey[] keys = [Symmetric(), OctJwk()];

        foreach (var key in keys)
            Expect(
                new(key, "RS256") { CryptoProviderFactory = new CountingCryptoProvider(input => input).Factory }, "algorithm_not_supported",
                $"In the SigningCredentials there is a symmetric key, which is refused: any party that can verify the assertion can also forge it. {Rules}");
    }

    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2).")]
    [InlineData("http://www.w3.org/2000/09/xmldsig#rsa-sha1", "The signing algorithm 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' is unknown.")]
    [InlineData("rs256", "The signing algorithm 'rs256' is unknown.")]
    [InlineData("Ed25519", "The signing algorithm 'Ed25519' is unknown.")]
    public void An_algorithm_that_is_not_a_supported_asymmetric_signature_is_rejected(string algorithm, string message) =>
        Expect(new(new JsonWebKey(Keys.PrivateJwk(TestData.RsaKey).ToJsonString()), algorithm), "algorithm_not_supported", message);

    [Fact]
    public void A_key_without_its_private_part_is_rejected()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        using var publicCertificate = X509CertificateLoader.LoadCertificate(certificate.RawData);
        using var publicRsa = RSA.Create(TestData.RsaKey.ExportParameters(includePrivateParameters: false));
        using var publicEc = ECDsa.Create(Keys.P256.ExportParameters(includePrivateParameters: false));
        List<(SecurityKey Key, string Algorithm, string Seen)> cases =
        [
            (IdentityModelVerifier.PublicKey(TestData.RsaKey), "RS256", "there is only a public key (RsaSecurityKey). Signing requires the private key; "),
            (new RsaSecurityKey(publicRsa), "PS256", "there is a key without its private key, or a key that .NET cannot sign with (RsaSecurityKey). Signing requires the private key; "),
            (new ECDsaSecurityKey(publicEc), "ES256", "there is a key without its private key, or a key that .NET cannot sign with (ECDsaSecurityKey). Signing requires the private key; "),
            (new X509SecurityKey(publicCertificate), "RS256", "there is a certificate without its private key. "),
            (new JsonWebKey(Keys.PrivateJwk(Keys.P256).Without("d").ToJsonString()), "ES256", "there is a JWK with only a public key. "),
        ];

        foreach (var (key, algorithm, seen) in cases)
            Expect(new(key, algorithm), "signing_key_unusable", $"In the SigningCredentials {seen}");
    }

    [Fact]
    public void Incomplete_RSA_parameters_are_rejected_and_not_quoted()
    {
        var parameters = TestData.RsaKey.ExportParameters(includePrivateParameters: true);
        parameters.P = null;

        Expect(
            new(new RsaSecurityKey(parameters), "RS256"), "signing_key_unusable",
            "In the SigningCredentials there are RSA parameters that are not a valid key. They are damaged or incomplete. D, P, Q, DP, DQ and InverseQ are required (RFC 8017 section 3.2).");
    }

    [Fact]
    public void A_JWK_for_another_algorithm_or_use_is_rejected()
    {
        var jwk = Keys.PrivateJwk(TestData.RsaKey);

        Expect(
            new(new JsonWebKey(jwk.With("alg", "PS256").ToJsonString()), "RS256"), "signing_key_does_not_fit",
            "In the SigningCredentials there is a JWK whose alg is PS256, but the algorithm of the credentials is RS256. Use the alg of the JWK.");
        Expect(
            new(new JsonWebKey(jwk.With("use", "enc").ToJsonString()), "RS256"), "signing_key_unusable",
            "In the SigningCredentials there is a JWK whose use is not sig.");
    }

    [Fact]
    public void A_key_of_an_unknown_class_without_a_suitable_provider_is_rejected()
    {
        var (without, unable) = (new VaultKey(), new VaultKey { CryptoProviderFactory = new CountingCryptoProvider(input => input) { Algorithms = ["PS256"] }.Factory });

        foreach (var key in new[] { without, unable })
            Expect(
                new(key, "RS256"), "signing_key_unusable",
                "In the SigningCredentials there is a key of the type VaultKey. Expected an RsaSecurityKey, ECDsaSecurityKey, MlDsaSecurityKey, X509SecurityKey or JsonWebKey, or a CryptoProviderFactory whose CustomCryptoProvider signs RS256 with the key.");
    }

    [Fact]
    public void Options_with_another_algorithm_are_rejected()
    {
        var credentials = new SigningCredentials(new RsaSecurityKey(TestData.RsaKey), SecurityAlgorithms.RsaSha256Signature);

        Assert.Equal("RS256", JwtSigner.FromSigningCredentials(credentials, new() { Algorithm = "RS256" }).Algorithm);
        Expect(
            credentials, "signing_key_does_not_fit",
            "The SigningCredentials are for RS256, but the options' Algorithm is PS256. Do not set Algorithm, or use credentials for it.",
            new() { Algorithm = "PS256" });
    }

    [Fact]
    public void Options_that_require_a_certificate_or_name_another_key_are_rejected()
    {
        var credentials = new SigningCredentials(new RsaSecurityKey(TestData.RsaKey), "RS256");

        Expect(
            credentials, "signing_key_without_certificate",
            "SigningKey:X5c requires a certificate, but in the SigningCredentials there is only a key (RsaSecurityKey).", new() { X5c = true });
        foreach (var options in new SigningKeyOptions[] { new() { Path = "key.pem" }, new() { Text = "" }, new() { EnvironmentVariable = "KEY" }, new() { Certificate = new() } })
            Expect(
                credentials, "signing_key_ambiguous",
                "The key is passed as an object and is also set by the options' Path, Text, EnvironmentVariable or Certificate; use one of them.", options);
    }

    [Fact]
    public void The_options_of_the_caller_are_not_changed()
    {
        var options = new SigningKeyOptions();

        JwtSigner.FromSigningCredentials(new(new RsaSecurityKey(TestData.RsaKey), "PS256"), options);

        Assert.Null(options.Algorithm);
    }

    private static SymmetricSecurityKey Symmetric() => new(new byte[64]);

    private static JsonWebKey OctJwk() => new($$"""{"kty":"oct","k":"{{Keys.EncodeBase64Url(new byte[64])}}"}""");

    private static void Expect(SigningCredentials credentials, string code, string message, SigningKeyOptions? options = null)
    {
        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.FromSigningCredentials(credentials, options));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((JwtGrantErrorKind.Configuration, code), (error.Kind, error.Code));
    }
}
