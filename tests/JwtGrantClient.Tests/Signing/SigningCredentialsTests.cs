using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Keys that an application holds as SigningCredentials of Microsoft.IdentityModel, and that sign in this process.</summary>
public sealed class SigningCredentialsTests
{
    public static TheoryData<string, string> EcAlgorithms => new() { { "ES256", "nistP256" }, { "ES384", "nistP384" }, { "ES512", "nistP521" } };

    [Theory]
    [InlineData("RS256"), InlineData("RS384"), InlineData("RS512"), InlineData("PS256"), InlineData("PS384"), InlineData("PS512")]
    public async Task An_RSA_key_signs_what_IdentityModel_verifies(string algorithm)
    {
        SecurityKey[] keys = [new RsaSecurityKey(TestData.RsaKey), new RsaSecurityKey(TestData.RsaKey.ExportParameters(includePrivateParameters: true))];
        foreach (var key in keys)
        {
            var signer = JwtSigner.FromSigningCredentials(new(key, algorithm));

            var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));

            Assert.Equal(algorithm, jwt.Alg);
            Assert.IsType<RsaSigner>(signer);
        }
    }

    [Theory]
    [MemberData(nameof(EcAlgorithms))]
    public async Task An_EC_key_signs_what_IdentityModel_verifies(string algorithm, string curve)
    {
        using var key = Keys.Ec(curve);
        var signer = JwtSigner.FromSigningCredentials(new(new ECDsaSecurityKey(key), algorithm));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(key));

        Assert.Equal(algorithm, jwt.Alg);
        Assert.IsType<EcdsaSigner>(signer);
    }

    [Theory]
    [InlineData("RS256"), InlineData("PS384")]
    public async Task A_certificate_with_an_RSA_key_signs_what_IdentityModel_verifies(string algorithm)
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var signer = JwtSigner.FromSigningCredentials(new X509SigningCredentials(certificate, algorithm));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));

        Assert.Equal((algorithm, certificate.Thumbprint), (jwt.Alg, jwt.Kid));
        Assert.True(certificate.HasPrivateKey, "The certificate stays the caller's.");
    }

    [Fact]
    public async Task A_certificate_with_an_EC_key_signs_what_IdentityModel_verifies()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        var signer = JwtSigner.FromSigningCredentials(new(new X509SecurityKey(certificate), "ES256"));

        await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(Keys.P256));
    }

    [Fact]
    public async Task A_JWK_signs_what_IdentityModel_verifies()
    {
        var rsa = new JsonWebKey(Keys.PrivateJwk(TestData.RsaKey).With("kid", "of-the-jwk").With("alg", "PS256").ToJsonString());
        var ec = new JsonWebKey(Keys.PrivateJwk(Keys.P256).ToJsonString());

        var byRsa = await IdentityModelVerifier.SignAndValidateAsync(
            JwtSigner.FromSigningCredentials(new(rsa, SecurityAlgorithms.RsaSsaPssSha256Signature)), IdentityModelVerifier.PublicKey(TestData.RsaKey));
        await IdentityModelVerifier.SignAndValidateAsync(JwtSigner.FromSigningCredentials(new(ec, "ES256")), IdentityModelVerifier.PublicKey(Keys.P256));

        Assert.Equal(("PS256", "of-the-jwk"), (byRsa.Alg, byRsa.Kid));
    }

    [Fact]
    public async Task An_ML_DSA_key_signs_on_the_thread_pool_where_its_class_is_not_the_platforms()
    {
        using var key = new BouncyMlDsa(MLDsaAlgorithm.MLDsa44, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        var signer = JwtSigner.FromSigningCredentials(new(new MlDsaSecurityKey(key), "ML-DSA-44"));

        var jwt = Jwt.Parse(await IdentityModelVerifier.SignAsync(signer, TestContext.Current.CancellationToken));

        Assert.True(key.Verifies(jwt.SigningInput, jwt.Signature));
    }

    [Theory]
    [InlineData(SecurityAlgorithms.RsaSha256Signature, "RS256"), InlineData(SecurityAlgorithms.RsaSha384Signature, "RS384")]
    [InlineData(SecurityAlgorithms.RsaSha512Signature, "RS512"), InlineData(SecurityAlgorithms.RsaSsaPssSha256Signature, "PS256")]
    [InlineData(SecurityAlgorithms.RsaSsaPssSha384Signature, "PS384"), InlineData(SecurityAlgorithms.RsaSsaPssSha512Signature, "PS512")]
    [InlineData(SecurityAlgorithms.EcdsaSha256Signature, "ES256"), InlineData(SecurityAlgorithms.EcdsaSha384Signature, "ES384")]
    [InlineData(SecurityAlgorithms.EcdsaSha512Signature, "ES512")]
    public async Task The_URI_of_an_XML_signature_becomes_the_JOSE_name(string uri, string name)
    {
        using var ec = name is "ES256" or "ES384" or "ES512" ? Keys.Ec($"nistP{name switch { "ES256" => 256, "ES384" => 384, _ => 521 }}") : null;
        SecurityKey key = ec is null ? new RsaSecurityKey(TestData.RsaKey) : new ECDsaSecurityKey(ec);
        var signer = JwtSigner.FromSigningCredentials(new(key, uri));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(
            signer, ec is null ? IdentityModelVerifier.PublicKey(TestData.RsaKey) : IdentityModelVerifier.PublicKey(ec));

        Assert.Equal(name, jwt.Alg);
    }

    [Fact]
    public void The_kid_is_the_options_else_the_credentials_else_left_out()
    {
        var key = new RsaSecurityKey(TestData.RsaKey);
        Assert.Null(JwtSigner.FromSigningCredentials(new(key, "RS256")).KeyId);

        key.KeyId = "of-the-key";
        Assert.Equal("of-the-key", JwtSigner.FromSigningCredentials(new(key, "RS256")).KeyId);
        Assert.Equal("given", JwtSigner.FromSigningCredentials(new(key, "RS256"), new() { KeyId = "given" }).KeyId);
        Assert.Equal(
            PublicJwk.ComputeThumbprint(TestData.RsaKey),
            JwtSigner.FromSigningCredentials(new(key, "RS256"), new() { KeyIdFrom = KeyIdSource.JwkThumbprint }).KeyId);
    }

    [Fact]
    public void A_certificate_is_named_in_the_header_as_by_FromCertificate()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var options = new SigningKeyOptions { X5t = true, X5tS256 = true, X5c = true, KeyIdFrom = KeyIdSource.CertificateThumbprint, Algorithm = "PS256" };
        var expected = JwtSigner.FromCertificate(certificate, options);

        var signer = JwtSigner.FromSigningCredentials(new(new X509SecurityKey(certificate, "other"), "PS256"), options);

        Assert.Equal((expected.Algorithm, expected.KeyId), (signer.Algorithm, signer.KeyId));
        Assert.Equal(["x5t", "x5t#S256", "x5c"], signer.Header!.Keys);
        Assert.Equal(expected.Header, signer.Header);
    }

    [Fact]
    public async Task An_RSA_class_that_is_not_the_platforms_signs_on_the_thread_pool()
    {
        using var release = new ManualResetEventSlim();
        using var service = new ServiceRsa(TestData.RsaKey, release);
        var signer = JwtSigner.FromSigningCredentials(new(new RsaSecurityKey(service), "PS256"));

        var signing = IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));

        Assert.False(signing.IsCompleted, "The caller's thread waited for the service.");
        release.Set();
        await signing.WithTimeout();
    }

    [Fact]
    public async Task A_client_obtains_a_token_with_signing_credentials()
    {
        await using var server = StrictAuthorizationServer.CreateInMemory();
        server.RegisterClient(new() { Id = TestData.ClientId, PublicKeyPem = TestData.RsaPublicPem, KeyId = "k1", SigningAlgorithm = "PS256" });
        await using var tokens = JwtGrantTokenSource.Create(
            new()
            {
                Issuer = server.Issuer,
                ClientId = TestData.ClientId,
                Grant = GrantType.ClientCredentials,
                ClientAuthentication = ClientAuthenticationMethod.PrivateKeyJwt,
            },
            signer: JwtSigner.FromSigningCredentials(new(new RsaSecurityKey(TestData.RsaKey) { KeyId = "k1" }, SecurityAlgorithms.RsaSsaPssSha256)),
            tokenEndpointHandler: server.CreateHandler());

        var token = await tokens.GetTokenAsync(TestContext.Current.CancellationToken);

        Assert.True(server.CheckAccessToken($"Bearer {token.Value}").IsValid);
    }

    /// <summary>As the libraries of key services have them: the hash goes over the network, synchronously.</summary>
    private sealed class ServiceRsa : RSA
    {
        private readonly RSA _remote;
        private readonly ManualResetEventSlim _release;

        public ServiceRsa(RSA remote, ManualResetEventSlim release)
        {
            (_remote, _release) = (remote, release);
            KeySizeValue = remote.KeySize;
        }

        public override RSAParameters ExportParameters(bool includePrivateParameters) =>
            includePrivateParameters ? throw new CryptographicException() : _remote.ExportParameters(includePrivateParameters: false);

        public override void ImportParameters(RSAParameters parameters) => throw new NotSupportedException();

        public override byte[] SignHash(byte[] hash, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)
        {
            Assert.True(_release.Wait(TimeSpan.FromSeconds(30)), "Nobody released the service.");
            return _remote.SignHash(hash, hashAlgorithm, padding);
        }
    }
}
