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
    public async Task Signs_so_that_the_public_key_verifies(string name)
    {
        var algorithm = SignatureAlgorithm.Named(name);

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
    public async Task Writes_ECDSA_signatures_at_fixed_width(string name, string curve, int bytes)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        var jwt = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = key.ExportPkcs8PrivateKeyPem() })));

        Assert.Equal(bytes, jwt.Signature.Length);
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, SignatureAlgorithm.Named(name).Hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task Puts_algorithm_type_and_key_id_into_the_header_and_nothing_else()
    {
        var with = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = TestData.RsaPrivatePem, KeyId = TestData.KeyId })));
        var without = Jwt.Parse(await SignAsync(TestSigner.Load(new() { Text = TestData.RsaPrivatePem })));

        Assert.Equal("""{"alg":"RS256","typ":"client-authentication+jwt","kid":"2026-11"}""", with.Header.GetRawText());
        Assert.Equal("""{"alg":"RS256","typ":"client-authentication+jwt"}""", without.Header.GetRawText());
    }

    [Fact]
    public async Task Waits_for_a_signer_that_is_far_away()
    {
        var far = new FarSigner();
        var signing = SignAsync(far);
        Assert.False(signing.IsCompleted);

        far.Answer.SetResult(new byte[] { 1, 2, 3 });

        Assert.EndsWith(".AQID", await signing, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reports_a_signer_that_fails_with_the_cause_inside()
    {
        var far = new FarSigner();
        far.Answer.SetException(new TimeoutException("the key service is asleep"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(far));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal("The RS256 signer with the key 'far' failed: TimeoutException. The inner exception says why; check the key, or the service that holds it.", error.Message);
    }

    [Fact]
    public async Task Refuses_an_empty_signature()
    {
        var far = new FarSigner();
        far.Answer.SetResult(default);

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(far));

        Assert.Equal("signature_empty", error.Code);
    }

    [Fact]
    public async Task Signs_with_one_key_on_many_threads()
    {
        var signer = TestSigner.Load(new() { Text = TestData.RsaPrivatePem });

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => SignAsync(signer))));

        Assert.Single(all.Distinct());
    }

    private static Task<string> SignAsync(IJwtSigner signer) =>
        JwsWriter.SignAsync(new JwsHeader(signer, "client-authentication+jwt"), Payload, TestContext.Current.CancellationToken).AsTask();

    private sealed class FarSigner : IJwtSigner
    {
        public TaskCompletionSource<ReadOnlyMemory<byte>> Answer { get; } = new();

        public string Algorithm => "RS256";

        public string? KeyId => "far";

        public async ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
            await Answer.Task;
    }
}
