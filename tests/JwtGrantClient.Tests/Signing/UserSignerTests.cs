using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Custom signers, which are validated when the client is created and not when the first token is requested.</summary>
public sealed class UserSignerTests
{
    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). ")]
    [InlineData("HS512", "The signing algorithm 'HS512' is refused: an HMAC key is a shared secret, and any party that can verify the assertion can also forge it. ")]
    [InlineData("", "The signer OwnSigner has no Algorithm. Set it to the JOSE name by which the server verifies the signature, such as RS256.")]
    public void A_signer_with_an_insecure_or_missing_algorithm_is_rejected(string algorithm, string reason)
    {
        var options = TestClient.Options();

        var error = Assert.Throws<JwtGrantException>(() => JwtGrantTokenSource.Create(options, new OwnSigner(algorithm)));

        Assert.Equal((JwtGrantErrorKind.Configuration, "algorithm_not_supported"), (error.Kind, error.Code));
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alg")]
    [InlineData("typ")]
    [InlineData("kid")]
    [InlineData("crit")]
    [InlineData("b64")]
    public void A_signer_with_a_reserved_header_member_is_rejected(string name)
    {
        var error = Assert.Throws<JwtGrantException>(() => new JwsHeader(new OwnSigner("ES256", new() { [name] = "x" }), "JWT"));

        Assert.Equal("signer_header_invalid", error.Code);
        Assert.Equal(
            $"The header has the parameter '{name}' of the type System.String. alg, typ, kid, crit and b64 are not allowed; a value is a string, a bool, an int, a long, a finite double, a JsonElement or a sequence of strings.",
            error.Message);
    }

    [Fact]
    public void The_header_members_of_a_signer_are_written()
    {
        var header = new JwsHeader(new OwnSigner("ES256", new() { ["jku"] = "https://keys.example.com", ["x5c"] = new[] { "AA==" } }), "JWT");

        Assert.Equal(
            """{"alg":"ES256","typ":"JWT","kid":"own","jku":"https://keys.example.com","x5c":["AA=="]}""",
            System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromUtf8(header.Encoded)));
    }

    [Fact]
    public async Task Header_and_signature_use_the_same_key_when_the_key_of_a_signer_changes()
    {
        var rotating = new RotatingSigner();
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            rotating, TimeProvider.System, new(RandomNumberGenerator.Fill));

        var kids = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            var jwt = Jwt.Parse((await factory.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken)).Value);
            kids.Add(jwt.Header.GetProperty("kid").GetString());
            Assert.True(rotating.Key(i).VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
        }

        Assert.Equal(["0", "1", "2"], kids);
    }

    [Fact]
    public async Task A_signer_that_cannot_provide_its_current_key_is_reported()
    {
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            new FailingSigner(), TimeProvider.System, new(RandomNumberGenerator.Fill));

        var error = await Assert.ThrowsAsync<JwtGrantException>(async () => await factory.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken));

        Assert.Equal((JwtGrantErrorKind.Signing, "signing_failed"), (error.Kind, error.Code));
        Assert.IsType<TimeoutException>(error.InnerException);
    }

    private sealed class OwnSigner(string algorithm, Dictionary<string, object>? header = null) : IJwtSigner
    {
        public string Algorithm => algorithm;

        public string? KeyId => "own";

        public IReadOnlyDictionary<string, object>? Header => header;

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) => new(signingInput);
    }

    /// <summary>Returns another key for every assertion.</summary>
    private sealed class RotatingSigner : IJwtSigner
    {
        private readonly List<ECDsa> _keys = [.. Enumerable.Range(0, 3).Select(_ => Keys.Ec("nistP256"))];
        private int _next;

        public string Algorithm => "ES256";

        public string? KeyId => "rotating";

        public ECDsa Key(int number) => _keys[number];

        public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default)
        {
            var number = _next++;
            return new(TestSigner.Load(new() { Text = _keys[number].ExportPkcs8PrivateKeyPem(), KeyId = $"{number}" }));
        }

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Only the signer that GetCurrentAsync returned may sign.");
    }

    private sealed class FailingSigner : IJwtSigner
    {
        public string Algorithm => "ES256";

        public string? KeyId => null;

        public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => throw new TimeoutException();

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) => default;
    }
}
