using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

public sealed class JwsWriterTests
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"iss":"joe"}""");

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    public async Task An_RSA_signature_verifies_with_the_public_key(string name)
    {
        var algorithm = SignatureAlgorithm.FromName(name);

        var jwt = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = TestData.RsaPrivatePem, Algorithm = name })));

        using var key = RSA.Create();
        key.ImportFromPem(TestData.RsaPublicPem);
        Assert.Equal(name, jwt.Header.GetProperty("alg").GetString());
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, algorithm.Hash, algorithm.Padding!));
    }

    [Theory]
    [InlineData("ES256", "nistP256", 64)]
    [InlineData("ES384", "nistP384", 96)]
    [InlineData("ES512", "nistP521", 132)]
    public async Task An_ECDSA_signature_is_written_at_fixed_width(string name, string curve, int bytes)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        var jwt = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = key.ExportPkcs8PrivateKeyPem() })));

        Assert.Equal(bytes, jwt.Signature.Length);
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, SignatureAlgorithm.FromName(name).Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task The_header_contains_only_alg_typ_and_kid()
    {
        var with = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = TestData.RsaPrivatePem, KeyId = TestData.KeyId })));
        var without = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = TestData.RsaPrivatePem })));

        Assert.Equal("""{"alg":"RS256","typ":"client-authentication+jwt","kid":"2026-11"}""", with.Header.GetRawText());
        Assert.Equal("""{"alg":"RS256","typ":"client-authentication+jwt"}""", without.Header.GetRawText());
    }

    [Fact]
    public async Task A_signer_that_completes_later_is_awaited()
    {
        var signer = new PendingSigner();
        var signing = SignAsync(signer);
        Assert.False(signing.IsCompleted);

        signer.Signature.SetResult(new byte[] { 1, 2, 3 });

        Assert.EndsWith(".AQID", await signing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signer_failure_is_reported_with_its_cause_as_the_inner_exception()
    {
        var signer = new PendingSigner();
        signer.Signature.SetException(new TimeoutException("the key service does not respond"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal("The RS256 signer with the key 'remote' failed: TimeoutException. See the inner exception; check the key, or the service that holds it.", error.Message);
    }

    [Fact]
    public async Task An_empty_signature_is_rejected()
    {
        var signer = new PendingSigner();
        signer.Signature.SetResult(default);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal("signature_empty", error.Code);
    }

    [Fact]
    public async Task One_key_signs_on_many_threads()
    {
        var signer = TestSigner.Load(new() { Text = TestData.RsaPrivatePem });

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => SignAsync(signer))));

        Assert.Single(all.Distinct());
    }

    private static Task<string> SignAsync(IJwtSigner signer) =>
        JwsWriter.SignAsync(new JwsHeader(signer, "client-authentication+jwt"), Payload, TestContext.Current.CancellationToken).AsTask();

    private sealed class PendingSigner : IJwtSigner
    {
        public TaskCompletionSource<ReadOnlyMemory<byte>> Signature { get; } = new();

        public string Algorithm => "RS256";

        public string? KeyId => "remote";

        public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
            await Signature.Task;
    }
}
