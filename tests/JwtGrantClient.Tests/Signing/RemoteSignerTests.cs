using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>A real key, at the other end of a delegate: what a key service is to the library.</summary>
public sealed class RemoteSignerTests
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"iss":"joe"}""");

    public static TheoryData<string, string, DSASignatureFormat> EcAlgorithms => EcdsaSignatureTests.Formats;

    [Theory]
    [MemberData(nameof(EcAlgorithms))]
    public async Task Makes_a_jws_that_verifies_from_either_format_of_ECDSA(string name, string curve, DSASignatureFormat format)
    {
        var hash = SignatureAlgorithm.Named(name).Hash;
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        var jwt = Jwt.Parse(await SignAsync(JwtSigner.Remote(name, "far", async (input, _) => { await Task.Yield(); return key.SignData(input.Span, hash, format); }, format)));

        Assert.Equal($$"""{"alg":"{{name}}","typ":"JWT","kid":"far"}""", jwt.Header.GetRawText());
        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    public async Task Passes_on_an_RSA_signature_whatever_the_ECDSA_format_says(string name)
    {
        var algorithm = SignatureAlgorithm.Named(name);
        var signer = JwtSigner.Remote(
            name, null, (input, _) => new(TestData.RsaKey.SignData(input.Span, algorithm.Hash, algorithm.Padding!)), DSASignatureFormat.Rfc3279DerSequence);

        var jwt = Jwt.Parse(await SignAsync(signer));

        Assert.True(TestData.RsaKey.VerifyData(jwt.SigningInput, jwt.Signature, algorithm.Hash, algorithm.Padding!));
    }

    [Fact]
    public async Task Writes_further_members_of_the_header()
    {
        var header = new Dictionary<string, object> { ["x5t#S256"] = "4dRc" };
        var signer = JwtSigner.Remote("RS256", "far", (_, _) => new(new byte[256]), header: header);
        header.Clear();

        Assert.Equal("""{"alg":"RS256","typ":"JWT","kid":"far","x5t#S256":"4dRc"}""", Jwt.Parse(await SignAsync(signer)).Header.GetRawText());
    }

    [Fact]
    public async Task Hands_over_exactly_the_bytes_before_the_second_dot()
    {
        byte[]? seen = null;

        var jwt = await SignAsync(JwtSigner.Remote("RS256", "far", (input, _) => { seen = input.ToArray(); return new(new byte[256]); }));

        Assert.Equal(jwt[..jwt.LastIndexOf('.')], Encoding.ASCII.GetString(seen!));
    }

    [Fact]
    public async Task Serves_a_service_that_wants_the_digest()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signer = JwtSigner.Remote("ES256", null, (input, _) => new(key.SignHash(SHA256.HashData(input.Span))));

        var jwt = Jwt.Parse(await SignAsync(signer));

        Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData("Ed25519")]
    [InlineData("EdDSA")]
    public async Task Leaves_the_signatures_of_other_algorithms_to_the_service(string name)
    {
        var jwt = Jwt.Parse(await SignAsync(JwtSigner.Remote(name, null, (_, _) => new(new byte[] { 1, 2, 3 }))));

        Assert.Equal([1, 2, 3], jwt.Signature);
    }

    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing")]
    [InlineData("HS256", "The signing algorithm 'HS256' is refused: an HMAC key is a shared secret")]
    [InlineData("ECDSA_SHA_256", "The signing algorithm 'ECDSA_SHA_256' is not known. Choose one of RS256, ")]
    [InlineData("", "The signing algorithm '' is not known. ")]
    public void Refuses_an_algorithm_by_name_and_reason_before_anything_is_signed(string name, string reason)
    {
        var error = Assert.Throws<JwtGrantException>(() => JwtSigner.Remote(name, null, (_, _) => throw new InvalidOperationException()));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_supported"), (error.Kind, error.Code));
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_the_signature_of_an_RSA_key_under_2048_bits()
    {
        using var small = RSA.Create(1024);
        var signer = JwtSigner.Remote("RS256", null, (input, _) => new(small.SignData(input.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signature_unusable"), (error.Kind, error.Code));
        Assert.Equal(
            "The RS256 signer returned 128 bytes; an RSA key of at least 2048 bits makes at least 256. Is the key an RSA key of that size?", error.Message);
    }

    [Fact]
    public async Task Cancels_the_call_and_nothing_else()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var called = new TaskCompletionSource();
        var signer = JwtSigner.Remote("RS256", "far", async (_, token) =>
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
    public async Task Reports_a_call_that_gave_up_by_itself_as_a_failure()
    {
        // What the HttpClient of a key service's own client throws when its time is up: nobody cancelled.
        var signer = JwtSigner.Remote("RS256", "far", (_, _) => throw new TaskCanceledException("100 seconds elapsed", new TimeoutException()));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<TaskCanceledException>(error.InnerException);
    }

    [Fact]
    public async Task Reports_what_the_service_throws_with_the_cause_inside()
    {
        var signer = JwtSigner.Remote("ES256", "far", (_, _) => throw new UnauthorizedAccessException("kms:Sign is not allowed"));

        var error = await Assert.ThrowsAsync<JwtGrantException>(() => SignAsync(signer));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<UnauthorizedAccessException>(error.InnerException);
        Assert.StartsWith("The ES256 signer with the key 'far' failed: UnauthorizedAccessException.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Has_many_calls_under_way_at_once()
    {
        const int Calls = 64;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (waiting, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var signer = JwtSigner.Remote("ES256", null, async (input, _) =>
        {
            if (Interlocked.Increment(ref waiting) == Calls)
                all.SetResult();
            await all.Task;     // nobody is answered before everybody has asked
            return key.SignData(input.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }, DSASignatureFormat.Rfc3279DerSequence);

        var jwts = await Task.WhenAll(Enumerable.Range(0, Calls).Select(n => SignAsync(signer, payload: Encoding.UTF8.GetBytes($$"""{"n":{{n}}}"""))));

        Assert.Equal(Enumerable.Range(0, Calls), jwts.Select(jwt => Jwt.Parse(jwt).Payload.GetProperty("n").GetInt32()));
        Assert.All(jwts.Select(Jwt.Parse), jwt => Assert.True(key.VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256)));
    }

    private static Task<string> SignAsync(IJwtSigner signer, CancellationToken? cancellationToken = null, byte[]? payload = null) =>
        JwsWriter.SignAsync(new(signer, "JWT"), payload ?? Payload, cancellationToken ?? TestContext.Current.CancellationToken).AsTask();
}
