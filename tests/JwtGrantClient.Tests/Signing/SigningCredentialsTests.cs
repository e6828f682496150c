using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Testing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Keys that an application has as SigningCredentials of Microsoft.IdentityModel and that sign in this process.</summary>
public sealed class SigningCredentialsTests
{
    public static TheoryData<string, string> EcAlgorithms => new() { { "ES256", "nistP256" }, { "ES384", "nistP384" }, { "ES512", "nistP521" } };

    [Theory]
    [InlineData("RS256"), InlineData("RS384"), InlineData("RS512"), InlineData("PS256"), InlineData("PS384"), InlineData("PS512")]
    public async Task IdentityModel_verifies_a_JWT_signed_with_an_RSA_key(string algorithm)
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
    public async Task IdentityModel_verifies_a_JWT_signed_with_an_EC_key(string algorithm, string curve)
    {
        using var key = Keys.Ec(curve);
        var signer = JwtSigner.FromSigningCredentials(new(new ECDsaSecurityKey(key), algorithm));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(key));

        Assert.Equal(algorithm, jwt.Alg);
        Assert.IsType<EcdsaSigner>(signer);
    }

    [Theory]
    [InlineData("RS256"), InlineData("PS384")]
    public async Task IdentityModel_verifies_a_JWT_signed_with_an_RSA_certificate(string algorithm)
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var signer = JwtSigner.FromSigningCredentials(new X509SigningCredentials(certificate, algorithm));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));

        Assert.Equal((algorithm, certificate.Thumbprint), (jwt.Alg, jwt.Kid));
        Assert.True(certificate.HasPrivateKey, "The certificate of the caller was disposed.");
    }

    [Fact]
    public async Task IdentityModel_verifies_a_JWT_signed_with_an_EC_certificate()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        var signer = JwtSigner.FromSigningCredentials(new(new X509SecurityKey(certificate), "ES256"));

        await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(Keys.P256));
    }

    [Fact]
    public async Task IdentityModel_verifies_a_JWT_signed_with_a_JWK()
    {
        var rsa = new JsonWebKey(Keys.PrivateJwk(TestData.RsaKey).With("kid", "jwk-kid").With("alg", "PS256").ToJsonString());
        var ec = new JsonWebKey(Keys.PrivateJwk(Keys.P256).ToJsonString());

        var rsaJwt = await IdentityModelVerifier.SignAndValidateAsync(
            JwtSigner.FromSigningCredentials(new(rsa, SecurityAlgorithms.RsaSsaPssSha256Signature)), IdentityModelVerifier.PublicKey(TestData.RsaKey));
        await IdentityModelVerifier.SignAndValidateAsync(JwtSigner.FromSigningCredentials(new(ec, "ES256")), IdentityModelVerifier.PublicKey(Keys.P256));

        Assert.Equal(("PS256", "jwk-kid"), (rsaJwt.Alg, rsaJwt.Kid));
    }

    [Fact]
    public async Task An_ML_DSA_key_of_a_custom_class_signs()
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
    public async Task The_URI_of_an_XML_signature_algorithm_is_mapped_to_the_JOSE_name(string uri, string name)
    {
        using var ec = name is "ES256" or "ES384" or "ES512" ? Keys.Ec($"nistP{name switch { "ES256" => 256, "ES384" => 384, _ => 521 }}") : null;
        SecurityKey key = ec is null ? new RsaSecurityKey(TestData.RsaKey) : new ECDsaSecurityKey(ec);
        var signer = JwtSigner.FromSigningCredentials(new(key, uri));

        var jwt = await IdentityModelVerifier.SignAndValidateAsync(
            signer, ec is null ? IdentityModelVerifier.PublicKey(TestData.RsaKey) : IdentityModelVerifier.PublicKey(ec));

        Assert.Equal(name, jwt.Alg);
    }

    [Fact]
    public void The_kid_comes_from_the_options_or_else_from_the_key_or_is_omitted()
    {
        var key = new RsaSecurityKey(TestData.RsaKey);
        Assert.Null(JwtSigner.FromSigningCredentials(new(key, "RS256")).KeyId);

        key.KeyId = "key-kid";
        Assert.Equal("key-kid", JwtSigner.FromSigningCredentials(new(key, "RS256")).KeyId);
        Assert.Equal("options-kid", JwtSigner.FromSigningCredentials(new(key, "RS256"), new() { KeyId = "options-kid" }).KeyId);
        Assert.Equal(
            PublicJwk.ComputeThumbprint(TestData.RsaKey),
            JwtSigner.FromSigningCredentials(new(key, "RS256"), new() { KeyIdFrom = KeyIdSource.JwkThumbprint }).KeyId);
    }

    [Fact]
    public void The_header_identifies_a_certificate_in_the_same_way_as_with_FromCertificate()
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
    public async Task An_RSA_key_of_a_custom_class_signs_on_the_thread_pool()
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

    /// <summary>An RSA class like those in the libraries of key services: it sends the hash over the network synchronously.</summary>
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
            Assert.True(_release.Wait(TimeSpan.FromSeconds(30)), "The test did not release the service within 30 seconds.");
            return _remote.SignHash(hash, hashAlgorithm, padding);
        }
    }
}
