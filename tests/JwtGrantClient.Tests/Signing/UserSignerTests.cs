using System.Security.Cryptography;
using JwtGrantClient.Assertions;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;

namespace JwtGrantClient.Tests.Signing;

/// <summary>Signers of the user's own are held to the rules when the client is put together, not at the first token.</summary>
public sealed class UserSignerTests
{
    [Theory]
    [InlineData("none", "The signing algorithm 'none' is refused: an unsigned assertion proves nothing (RFC 8725 section 3.2). ")]
    [InlineData("HS512", "The signing algorithm 'HS512' is refused: an HMAC key is a shared secret, and whoever can check such an assertion can also forge it. ")]
    [InlineData("", "The signer OwnSigner names no Algorithm. It must say the JOSE name that the server checks by, such as RS256.")]
    public void Refuses_an_algorithm_that_proves_nothing(string algorithm, string reason)
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
    public void Refuses_a_header_that_would_change_what_the_JWT_is(string name)
    {
        var error = Assert.Throws<JwtGrantException>(() => new JwsHeader(new OwnSigner("ES256", new() { [name] = "x" }), "JWT"));

        Assert.Equal("signer_header_invalid", error.Code);
        Assert.Equal(
            $"The header has '{name}', of the type System.String. alg, typ, kid, crit and b64 may not be named; " +
            "a value is a string, a bool, an int, a long, a double, a JsonElement or a sequence of strings.",
            error.Message);
    }

    [Fact]
    public void Writes_the_members_of_its_header()
    {
        var header = new JwsHeader(new OwnSigner("ES256", new() { ["jku"] = "https://keys.example.com", ["x5c"] = new[] { "AA==" } }), "JWT");

        Assert.Equal(
            """{"alg":"ES256","typ":"JWT","kid":"own","jku":"https://keys.example.com","x5c":["AA=="]}""",
            System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromUtf8(header.Encoded)));
    }

    [Fact]
    public async Task Follows_a_signer_whose_key_changes_with_header_and_signature_together()
    {
        var turning = new TurningSigner();
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            turning, TimeProvider.System, new(RandomNumberGenerator.Fill));

        var kids = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            var jwt = Jwt.Parse((await factory.ProvideAsync(new AssertionContext(), TestContext.Current.CancellationToken)).Value);
            kids.Add(jwt.Header.GetProperty("kid").GetString());
            Assert.True(turning.Key(i).VerifyData(jwt.SigningInput, jwt.Signature, HashAlgorithmName.SHA256));
        }

        Assert.Equal(["0", "1", "2"], kids);
    }

    [Fact]
    public async Task Reports_a_signer_that_cannot_tell_its_key()
    {
        var factory = new AssertionFactory(
            new("JWT", TestData.ClientId, TestData.ClientId, TestData.Issuer, AssertionLifetime.Default, new Dictionary<string, object>()),
            new LostSigner(), TimeProvider.System, new(RandomNumberGenerator.Fill));

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

    /// <summary>Another key at every assertion.</summary>
    private sealed class TurningSigner : IJwtSigner
    {
        private readonly List<ECDsa> _keys = [.. Enumerable.Range(0, 3).Select(_ => Keys.Ec("nistP256"))];
        private int _next;

        public string Algorithm => "ES256";

        public string? KeyId => "turning";

        public ECDsa Key(int number) => _keys[number];

        public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default)
        {
            var number = _next++;
            return new(TestSigner.Load(new() { Text = _keys[number].ExportPkcs8PrivateKeyPem(), KeyId = $"{number}" }));
        }

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("Only what GetCurrentAsync gave may sign.");
    }

    private sealed class LostSigner : IJwtSigner
    {
        public string Algorithm => "ES256";

        public string? KeyId => null;

        public ValueTask<IJwtSigner> GetCurrentAsync(CancellationToken cancellationToken = default) => throw new TimeoutException();

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> signingInput, CancellationToken cancellationToken = default) => default;
    }
}
