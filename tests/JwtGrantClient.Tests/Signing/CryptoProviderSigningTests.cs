using System.Security.Cryptography;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Signing;

/// <summary>SigningCredentials whose CryptoProviderFactory has a custom provider for the key, as in the libraries of key vaults.</summary>
public sealed class CryptoProviderSigningTests
{
    [Theory]
    [InlineData("RS256"), InlineData("PS512"), InlineData(SecurityAlgorithms.RsaSha384Signature)]
    public async Task A_custom_provider_signs_with_an_RSA_key(string algorithm)
    {
        var joseName = algorithm == SecurityAlgorithms.RsaSha384Signature ? "RS384" : algorithm;
        var provider = RsaProvider(TestData.RsaKey, joseName);
        var signer = JwtSigner.FromSigningCredentials(Credentials(provider, algorithm));

        for (var call = 1; call <= 2; call++)
        {
            var jwt = await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));

            Assert.Equal((joseName, "vault-1"), (jwt.Alg, jwt.Kid));
            Assert.Equal((call, call, call), (provider.CreateCalls, provider.SignCalls, provider.ReleaseCalls));
        }
    }

    [Theory]
    [MemberData(nameof(SigningCredentialsTests.EcAlgorithms), MemberType = typeof(SigningCredentialsTests))]
    public async Task A_custom_provider_signs_with_an_EC_key(string algorithm, string curve)
    {
        using var key = Keys.Ec(curve);
        var provider = EcProvider(key, algorithm);

        await IdentityModelVerifier.SignAndValidateAsync(
            JwtSigner.FromSigningCredentials(Credentials(provider, algorithm)), IdentityModelVerifier.PublicKey(key));

        Assert.Equal((1, 1, 1), (provider.CreateCalls, provider.SignCalls, provider.ReleaseCalls));
    }

    [Fact]
    public async Task The_provider_of_the_credentials_takes_precedence_over_the_provider_of_the_key()
    {
        var (first, second) = (RsaProvider(TestData.RsaKey, "RS256"), RsaProvider(TestData.RsaKey, "RS256"));
        var credentials = Credentials(second, "RS256");
        credentials.CryptoProviderFactory = first.Factory;

        await IdentityModelVerifier.SignAndValidateAsync(
            JwtSigner.FromSigningCredentials(credentials), IdentityModelVerifier.PublicKey(TestData.RsaKey));

        Assert.Equal((1, 0), (first.SignCalls, second.SignCalls));
    }

    [Fact]
    public async Task A_custom_provider_signs_when_the_process_has_only_the_public_key()
    {
        using var certificate = Keys.CertificateFor(Keys.P256);
        using var publicCertificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate.RawData);
        var provider = EcProvider(Keys.P256, "ES256");
        var key = new X509SecurityKey(publicCertificate) { CryptoProviderFactory = provider.Factory };
        var signer = JwtSigner.FromSigningCredentials(
            new(key, "ES256"), new() { X5tS256 = true, X5c = true, KeyIdFrom = KeyIdSource.JwkThumbprint });

        await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(Keys.P256));

        Assert.Equal(PublicJwk.ComputeThumbprint(Keys.P256), signer.KeyId);
        Assert.Equal(["x5t#S256", "x5c"], signer.Header!.Keys);
        Assert.Equal(1, provider.SignCalls);
    }

    [Fact]
    public void A_public_JWK_with_a_custom_provider_is_identified_by_its_thumbprint_and_certificate()
    {
        using var certificate = Keys.CertificateFor(TestData.RsaKey);
        var jwk = new JsonWebKey(Keys.PrivateJwk(TestData.RsaKey).Without("d", "p", "q", "dp", "dq", "qi").ToJsonString());
        var credentials = new SigningCredentials(jwk, "RS256") { CryptoProviderFactory = RsaProvider(TestData.RsaKey, "RS256").Factory };
        Assert.Equal(PublicJwk.ComputeThumbprint(TestData.RsaKey), JwtSigner.FromSigningCredentials(credentials, new() { KeyIdFrom = KeyIdSource.JwkThumbprint }).KeyId);

        jwk.X5c.Add(Convert.ToBase64String(certificate.RawData));
        Assert.Equal(
            Keys.EncodeBase64Url(certificate.GetCertHash()), JwtSigner.FromSigningCredentials(credentials, new() { X5t = true }).Header!["x5t"]);
    }

    [Fact]
    public async Task A_subclass_of_CryptoProviderFactory_signs()
    {
        var factory = new CountingFactory();
        var credentials = new SigningCredentials(new RsaSecurityKey(TestData.RsaKey), "RS256") { CryptoProviderFactory = factory };

        await IdentityModelVerifier.SignAndValidateAsync(
            JwtSigner.FromSigningCredentials(credentials), IdentityModelVerifier.PublicKey(TestData.RsaKey));

        Assert.Equal((1, 1), (factory.Created, factory.Released));
    }

    [Fact]
    public async Task The_library_signs_if_the_provider_does_not_support_the_algorithm()
    {
        var provider = new CountingCryptoProvider(_ => throw new InvalidOperationException()) { Algorithms = ["A256GCM"] };
        var credentials = new SigningCredentials(new RsaSecurityKey(TestData.RsaKey), "RS256") { CryptoProviderFactory = provider.Factory };

        var signer = JwtSigner.FromSigningCredentials(credentials);

        await IdentityModelVerifier.SignAndValidateAsync(signer, IdentityModelVerifier.PublicKey(TestData.RsaKey));
        Assert.IsType<RsaSigner>(signer);
        Assert.Equal(0, provider.CreateCalls);
    }

    [Fact]
    public async Task A_slow_provider_does_not_block_the_caller_and_the_call_can_be_canceled()
    {
        using var release = new ManualResetEventSlim();
        var called = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var provider = new CountingCryptoProvider(input =>
        {
            called.SetResult(Thread.CurrentThread);
            Assert.True(release.Wait(TimeSpan.FromSeconds(30)), "The test did not release the provider within 30 seconds.");
            return RsaSignature(TestData.RsaKey, "RS256", input);
        });
        var signer = JwtSigner.FromSigningCredentials(Credentials(provider, "RS256"));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var input = new byte[] { 1, 2, 3 };

        // If SignAsync blocked its caller, the test would stop here: it releases the provider further down.
        var signing = signer.SignAsync(input, cancellation.Token).AsTask();

        Assert.True((await called.Task.WithTimeout()).IsThreadPoolThread);
        Assert.False(signing.IsCompleted);
        await cancellation.CancelAsync();
        Assert.Equal(
            cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signing.WithTimeout())).CancellationToken);
        Assert.Equal(0, provider.ReleaseCalls);

        release.Set();
        await provider.Released.WithTimeout();
        Assert.Equal((1, 1, 1), (provider.CreateCalls, provider.SignCalls, provider.ReleaseCalls));
    }

    [Fact]
    public async Task The_provider_reads_its_own_copy_of_the_input_after_the_caller_canceled()
    {
        using var release = new ManualResetEventSlim();
        var (called, read) = (new TaskCompletionSource(), new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        var provider = new CountingCryptoProvider(input =>
        {
            called.SetResult();
            Assert.True(release.Wait(TimeSpan.FromSeconds(30)), "The test did not release the provider within 30 seconds.");
            read.SetResult([.. input]);
            throw new TimeoutException();
        });
        var signer = JwtSigner.FromSigningCredentials(Credentials(provider, "RS256"));
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var input = new byte[] { 1, 2, 3 };
        var signing = signer.SignAsync(input, cancellation.Token).AsTask();
        await called.Task.WithTimeout();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signing.WithTimeout());

        // The caller reuses its buffer.
        input.AsSpan().Clear();
        release.Set();

        Assert.Equal([1, 2, 3], await read.Task.WithTimeout());
        await provider.Released.WithTimeout();
    }

    [Fact]
    public async Task A_call_that_is_already_canceled_does_not_reach_the_provider()
    {
        var provider = RsaProvider(TestData.RsaKey, "RS256");
        var signer = JwtSigner.FromSigningCredentials(Credentials(provider, "RS256"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IdentityModelVerifier.SignAsync(signer, new(canceled: true)));

        Assert.Equal(0, provider.CreateCalls);
    }

    [Fact]
    public async Task A_provider_failure_is_reported_with_its_cause_and_the_provider_is_released()
    {
        var provider = new CountingCryptoProvider(_ => throw new UnauthorizedAccessException("sign is not allowed"));

        var error = await FailureOfAsync(provider, "ES256");

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.StartsWith("The ES256 signer with the key 'vault-1' failed: UnauthorizedAccessException.", error.Message, StringComparison.Ordinal);
        Assert.IsType<UnauthorizedAccessException>(error.InnerException);
        Assert.Equal(1, provider.ReleaseCalls);
    }

    [Fact]
    public async Task A_signature_of_the_wrong_length_or_format_is_rejected()
    {
        using var small = RSA.Create(1024);
        using var p384 = Keys.Ec("nistP384");
        var der = new CountingCryptoProvider(input => Keys.P256.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        List<(CountingCryptoProvider Provider, string Algorithm, string Message)> cases =
        [
            (RsaProvider(small, "RS256"), "RS256", "The RS256 signer returned 128 bytes; an RSA key of at least 2048 bits returns at least 256 bytes."),
            (EcProvider(p384, "ES256"), "ES256", "The ES256 signer returned 96 bytes, but R and S at fixed width have 64 bytes."),
            (der, "ES256", "The ES256 signer returned "),
            (new(_ => null!), "PS256", "The PS256 signer returned 0 bytes;"),
        ];

        foreach (var (provider, algorithm, message) in cases)
        {
            var error = await FailureOfAsync(provider, algorithm);

            Assert.Equal((JwtGrantErrorKind.Signing, "signature_unusable"), (error.Kind, error.Code));
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_that_does_not_expose_its_public_part_has_no_JWK_thumbprint()
    {
        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.FromSigningCredentials(
            Credentials(RsaProvider(TestData.RsaKey, "RS256"), "RS256"), new() { KeyIdFrom = KeyIdSource.JwkThumbprint }));

        Assert.Equal("signing_key_unusable", error.Code);
        Assert.Equal(
            "KeyIdFrom requires the JWK thumbprint, but in the SigningCredentials there is a key whose public part is not available (VaultKey). " +
            "Set KeyId instead.",
            error.Message);
    }

    [Theory]
    [InlineData("none"), InlineData("HS256"), InlineData(SecurityAlgorithms.HmacSha512Signature), InlineData("ECDSA_SHA_256")]
    public void An_unsupported_algorithm_is_rejected_for_a_custom_provider_too(string algorithm)
    {
        var provider = RsaProvider(TestData.RsaKey, "RS256");

        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.FromSigningCredentials(Credentials(provider, algorithm)));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_supported"), (error.Kind, error.Code));
        Assert.Equal(0, provider.CreateCalls);
    }

    private static SigningCredentials Credentials(CountingCryptoProvider provider, string algorithm) =>
        new(new VaultKey { KeyId = "vault-1", CryptoProviderFactory = provider.Factory }, algorithm);

    private static async Task<JwtGrantException> FailureOfAsync(CountingCryptoProvider provider, string algorithm)
    {
        var signer = JwtSigner.FromSigningCredentials(Credentials(provider, algorithm));
        return await Assert.ThrowsAsync<JwtGrantException>(() => IdentityModelVerifier.SignAsync(signer, TestContext.Current.CancellationToken));
    }

    private static CountingCryptoProvider RsaProvider(RSA key, string algorithm) => new(input => RsaSignature(key, algorithm, input));

    private static CountingCryptoProvider EcProvider(ECDsa key, string algorithm) =>
        new(input => key.SignData(input, SignatureAlgorithm.FromName(algorithm).Hash));

    private static byte[] RsaSignature(RSA key, string algorithm, byte[] input) =>
        key.SignData(input, SignatureAlgorithm.FromName(algorithm).Hash, SignatureAlgorithm.FromName(algorithm).Padding!);

    private sealed class CountingFactory : CryptoProviderFactory
    {
        public int Created { get; private set; }

        public int Released { get; private set; }

        public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm)
        {
            Created++;
            return base.CreateForSigning(key, algorithm);
        }

        public override void ReleaseSignatureProvider(SignatureProvider signatureProvider)
        {
            Released++;
            base.ReleaseSignatureProvider(signatureProvider);
        }
    }
}
