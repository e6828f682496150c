using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Signatures by a real key behind a delegate, as a key service provides them.</summary>
public sealed class RemoteSignerTests
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"iss":"joe"}""");

    public static TheoryData<string, string, DSASignatureFormat> EcAlgorithms => EcdsaSignatureTests.Formats;

    [Theory]
    [MemberData(nameof(EcAlgorithms))]
    public async Task ECDSA_signatures_in_both_formats_become_a_JWS_that_verifies(string name, string curve, DSASignatureFormat format)
    {
        var hash = SignatureAlgorithm.FromName(name).Hash;
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        var jwt = Jwt.Parse(await SignAsync(JwtSigner.Remote(name, "remote", async (input, _) => { await Task.Yield(); return key.SignData(input.Span, hash, format); }, format)));

        Assert.Equal($$"""{"alg":"{{name}}","typ":"JWT","kid":"remote"}""", jwt.Header.GetRawText());
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task The_ECDSA_format_is_ignored_for_RSA_signatures(string name)
    {
        var algorithm = SignatureAlgorithm.FromName(name);
        var signer = JwtSigner.Remote(
            name, null, (input, _) => new(TestData.RsaKey.SignData(input.Span, algorithm.Hash, algorithm.Padding!)), DSASignatureFormat.Rfc3279DerSequence);

        var jwt = Jwt.Parse(await SignAsync(signer));

        Assert.True(TestData.RsaKey.VerifyData(jwt.SigningInput, jwt.Signature, algorithm.Hash, algorithm.Padding!));
    }

    [Fact]
    public async Task Additional_header_members_are_written()
    {
        var header = new Dictionary<string, object> { ["x5t#S256"] = "4dRc" };
        var signer = JwtSigner.Remote("RS256", "remote", (_, _) => new(new byte[256]), header: header);
        header.Clear();

        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"remote","x5t#S256":"4dRc"}""", Jwt.Parse(await SignAsync(signer)).Header.GetRawText());
    }

    [Fact]
    public async Task The_delegate_receives_exactly_the_bytes_before_the_second_dot()
    {
        byte[]? seen = null;

        var jwt = await SignAsync(JwtSigner.Remote("RS256", "remote", (input, _) => { seen = input.ToArray(); return new(new byte[256]); }));

        Assert.Equal(jwt[..jwt.LastIndexOf('.')], Encoding.ASCII.GetString(seen!));
    }

    [Fact]
    public async Task A_service_that_signs_a_digest_can_be_used()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = JwtSigner.Remote("ES256", null, (input, _) => new(key.SignHash(SHA256.HashData(input.Span))));

        var jwt = Jwt.Parse(await SignAsync(signer));

        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData("Ed25519")]
    [InlineData("EdDSA")]
    public async Task Signatures_of_other_algorithms_are_passed_through_unchanged(string name)
    {
        var jwt = Jwt.Parse(await SignAsync(JwtSigner.Remote(name, null, (_, _) => new(new byte[] { 1, 2, 3 }))));

        Assert.Equal([1, 2, 3], jwt.Signature);
    }

    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing")]
    [InlineData("HS256", "The signing algorithm 'HS256' is refused: an HMAC key is a shared secret")]
    [InlineData("ECDSA_SHA_256", "The signing algorithm 'ECDSA_SHA_256' is unknown. Choose one of RS256, ")]
    [InlineData("", "The signing algorithm '' is unknown. ")]
    public void An_unsupported_algorithm_is_rejected_before_anything_is_signed(string name, string reason)
    {
        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.Remote(name, null, (_, _) => throw new InvalidOperationException()));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_supported"), (error.Kind, error.Code));
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_by_an_RSA_key_under_2048_bits_is_rejected()
    {
        using var small = RSA.Create(1024);
        var signer = JwtSigner.Remote("RS256", null, (input, _) => new(small.SignData(input.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signature_unusable"), (error.Kind, error.Code));
        Assert.Equal(
            "The RS256 signer returned 128 bytes; an RSA key of at least 2048 bits returns at least 256 bytes. Check that the key is an RSA key of at least 2048 bits.", error.Message);
    }

    [Fact]
    public async Task Cancellation_reaches_the_delegate_and_is_not_reported_as_a_failure()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var called = new TaskCompletionSource();
        var signer = JwtSigner.Remote("RS256", "remote", async (_, token) =>
        {
            called.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return default;
        });

        var signing = SignAsync(signer, cancellation.Token);
        await called.Task;
        await cancellation.CancelAsync();

        Assert.Equal(cancellation.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signing)).CancellationToken);
    }

    [Fact]
    public async Task A_timeout_inside_the_service_client_is_reported_as_a_signing_failure()
    {
        // The HttpClient in a key service's client throws this when it times out. The caller did not cancel.
        var signer = JwtSigner.Remote("RS256", "remote", (_, _) => throw new TaskCanceledException("100 seconds elapsed", new TimeoutException()));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<TaskCanceledException>(error.InnerException);
    }

    [Fact]
    public async Task An_exception_of_the_service_is_reported_as_the_inner_exception()
    {
        var signer = JwtSigner.Remote("ES256", "remote", (_, _) => throw new UnauthorizedAccessException("kms:Sign is not allowed"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<UnauthorizedAccessException>(error.InnerException);
        Assert.StartsWith("The ES256 signer with the key 'remote' failed: UnauthorizedAccessException.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_calls_to_the_service_run_at_the_same_time()
    {
        const int Calls = 64;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (waiting, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var signer = JwtSigner.Remote("ES256", null, async (input, _) =>
        {
            if (Interlocked.Increment(ref waiting) == Calls)
                all.SetResult();
            await all.Task;     // no call completes before all calls have started
            return key.SignData(input.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }, DSASignatureFormat.Rfc3279DerSequence);

        var jwts = await Task.WhenAll(Enumerable.Range(0, Calls).Select(n => SignAsync(signer, payload: Encoding.UTF8.GetBytes($$"""{"n":{{n}}}"""))));

        Assert.Equal(Enumerable.Range(0, Calls), jwts.Select(jwt => Jwt.Parse(jwt).Payload.GetProperty("n").GetInt32()));
        Assert.All(jwts.Select(Jwt.Parse), jwt => Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256)));
    }

    private static Task<string> SignAsync(IJwtSigner signer, CancellationToken? cancellationToken = null, byte[]? payload = null) =>
        JwsWriter.SignAsync(new(signer, "JWT"), payload ?? Payload, cancellationToken ?? TestContext.Current.CancellationToken).AsTask();
}
