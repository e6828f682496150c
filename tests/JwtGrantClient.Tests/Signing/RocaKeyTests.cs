using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using JwtGrantClient.DPoP;
using JwtGrantClient.Saml;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using JwtGrantClient.TokenEndpoint;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Signing;

/// <summary>
/// RSA keys of the flawed library of CVE-2017-15361 (ROCA), whose private key can be computed from the public key, are refused wherever they come from.
/// </summary>
public sealed class RocaKeyTests : IDisposable
{
    private static readonly RSA Weak = RocaKey.Create();

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, Func<object>> Sources => new()
    {
        { "PEM", () => TestSigner.Load(new() { Text = Weak.ExportPkcs8PrivateKeyPem() }) },
        { "PKCS#1", () => TestSigner.Load(new() { Text = Weak.ExportRSAPrivateKeyPem() }) },
        { "DER", () => TestSigner.Load(new() { Text = Convert.ToBase64String(Weak.ExportPkcs8PrivateKey()) }) },
        { "JWK", () => TestSigner.Load(new() { Text = Keys.PrivateJwk(Weak).ToJsonString() }) },
        { "JWK set", () => TestSigner.Load(new() { Text = Keys.ToJwkSet(Keys.PrivateJwk(Weak)) }) },
        { "PKCS#12", () => TestSigner.Load(new() { Text = Convert.ToBase64String(Certificate().Export(X509ContentType.Pkcs12)) }) },
        { "PS256", () => TestSigner.Load(new() { Text = Weak.ExportPkcs8PrivateKeyPem(), Algorithm = "PS256" }) },
        { "certificate", () => JwtSigner.FromCertificate(Certificate()) },
        { "JsonWebKey", () => JwtSigner.FromJwk(new JsonWebKey(Keys.PrivateJwk(Weak).ToJsonString())) },
        { "SigningCredentials, RSA", () => JwtSigner.FromSigningCredentials(new(new RsaSecurityKey(Weak), "RS256")) },
        { "SigningCredentials, parameters", () => JwtSigner.FromSigningCredentials(new(new RsaSecurityKey(Weak.ExportParameters(true)), "RS256")) },
        { "SigningCredentials, certificate", () => JwtSigner.FromSigningCredentials(new X509SigningCredentials(Certificate())) },
        { "provider, RSA", () => JwtSigner.FromSigningCredentials(Provided(new RsaSecurityKey(PublicKey()))) },
        { "provider, parameters", () => JwtSigner.FromSigningCredentials(Provided(new RsaSecurityKey(Weak.ExportParameters(false)))) },
        { "provider, certificate", () => JwtSigner.FromSigningCredentials(Provided(new X509SecurityKey(X509CertificateLoader.LoadCertificate(Certificate().RawData)))) },
        { "provider, JWK", () => JwtSigner.FromSigningCredentials(Provided(JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(Weak.ExportParameters(false))))) },
        { "DPoP", () => DPoPKey.Create(new() { Text = Weak.ExportPkcs8PrivateKeyPem() }) },
        { "SAML", () => new SamlSigner(Certificate(), includesCertificate: false) },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_key_with_the_fingerprint_is_refused(string source, Func<object> load)
    {
        var error = Assert.Throws<JwtGrantException>(load);

        Assert.Equal((source, JwtGrantErrorKind.Configuration, "signing_key_unusable"), (source, error.Kind, error.Code));
        Assert.Contains("CVE-2017-15361", error.Message, StringComparison.Ordinal);
        Assert.Contains("Create a new key", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_certificate_with_the_fingerprint_is_refused(bool fromFile)
    {
        var path = _folder.Write("tls.p12", Certificate().Export(X509ContentType.Pkcs12));

        var error = Assert.Throws<JwtGrantException>(() => fromFile ? ClientCertificate.Load(new() { Path = path }) : ClientCertificate.From(Certificate()));

        Assert.Equal("client_certificate_unusable", error.Code);
        Assert.Contains("CVE-2017-15361", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_validation_of_the_options_reports_a_key_with_the_fingerprint()
    {
        var options = TestClient.Options();
        options.SigningKey.Text = Weak.ExportPkcs8PrivateKeyPem();

        var error = Assert.Throws<JwtGrantException>(() => JwtGrantTokenSource.Create(options));

        Assert.Equal("settings_invalid", error.Code);
        Assert.Contains("SigningKey: The RSA signing key has the fingerprint of CVE-2017-15361", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ordinary_RSA_keys_do_not_have_the_fingerprint()
    {
        // The size does not matter for the fingerprint, and small keys are created quickly.
        for (var i = 0; i < 250; i++)
        {
            using var key = RSA.Create(512);
            Assert.False(RocaFingerprint.IsPresent(key.ExportParameters(includePrivateParameters: false).Modulus));
        }
        Assert.False(RocaFingerprint.IsPresent(TestData.RsaKey.ExportParameters(includePrivateParameters: false).Modulus));
    }

    [Fact]
    public void Random_odd_numbers_do_not_have_the_fingerprint()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var number = RandomNumberGenerator.GetBytes(256);
            number[^1] |= 1;
            Assert.False(RocaFingerprint.IsPresent(number));
        }
    }

    [Fact]
    public void The_fingerprint_does_not_depend_on_leading_zeros_or_on_the_exponent_of_65537()
    {
        // 65537^a modulo a number that all tested primes divide has the fingerprint for every a.
        var primes = Enumerable.Range(2, 166).Where(number => Enumerable.Range(2, number - 2).All(divisor => number % divisor != 0));
        var product = primes.Aggregate(BigInteger.One, (product, prime) => product * prime);
        for (var power = 0; power < 500; power++)
        {
            var number = BigInteger.ModPow(65537, power, product).ToByteArray(isUnsigned: true, isBigEndian: true);
            Assert.True(RocaFingerprint.IsPresent(number));
            Assert.True(RocaFingerprint.IsPresent([0, 0, .. number]));
        }
    }

    [Theory]
    [InlineData(127), InlineData(157)]
    public void A_number_without_the_fingerprint_for_one_of_the_highest_primes_does_not_have_it(int prime)
    {
        // Each number is 1 modulo all other primes, which is a power of 65537.
        var others = Enumerable.Range(3, 165).Where(number => number != prime && Enumerable.Range(2, number - 2).All(divisor => number % divisor != 0))
            .Aggregate(BigInteger.One, (product, other) => product * other);
        var powers = Enumerable.Range(0, prime).Select(power => (int)BigInteger.ModPow(65537, power, prime)).ToHashSet();

        var numbers = Enumerable.Range(0, prime).Select(factor => BigInteger.One + (factor * others)).ToList();

        Assert.All(numbers, number => Assert.Equal(
            powers.Contains((int)(number % prime)), RocaFingerprint.IsPresent(number.ToByteArray(isUnsigned: true, isBigEndian: true))));
        Assert.InRange(powers.Count, 1, prime - 2);
    }

    private static X509Certificate2 Certificate() => Keys.CertificateFor(Weak);

    private static RSA PublicKey() => RSA.Create(Weak.ExportParameters(includePrivateParameters: false));

    private static SigningCredentials Provided(SecurityKey key) =>
        new(key, "RS256") { CryptoProviderFactory = new CountingCryptoProvider(_ => []).Factory };
}
