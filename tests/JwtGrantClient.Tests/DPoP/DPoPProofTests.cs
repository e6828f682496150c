using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Assertions;
using JwtGrantClient.DPoP;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>What a proof says (RFC 9449 section 4.2), read without any of the code that wrote it.</summary>
public sealed class DPoPProofTests
{
    private static readonly Uri Server = new("https://as.example.com/token?tenant=1"), Api = new("https://api.example.com/a%20b?x=1#y");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_the_server_it_names_method_address_and_time_and_the_key_is_in_its_header()
    {
        var proof = Jwt.Parse(await Some(Keys.P256.ExportPkcs8PrivateKeyPem()).ProveAsync(HttpMethod.Post, Server, Cancellation));

        Assert.Equal(["alg", "typ", "jwk"], proof.Header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("ES256", "dpop+jwt"), (proof.Header.GetProperty("alg").GetString(), proof.Header.GetProperty("typ").GetString()));
        Assert.Equal(["crv", "kty", "x", "y"], proof.Header.GetProperty("jwk").EnumerateObject().Select(member => member.Name));
        Assert.Equal(["jti", "htm", "htu", "iat"], proof.Payload.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("POST", "https://as.example.com/token", $"{TestData.Moment.ToUnixTimeSeconds()}"), (proof["htm"], proof["htu"], proof["iat"]));
        Assert.Equal(27, proof["jti"]!.Length);
        Assert.True(Keys.P256.VerifyData(proof.SigningInput, proof.Signature, HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task To_an_API_it_names_the_token_by_its_hash()
    {
        var proofs = Some();

        var proof = Jwt.Parse(await proofs.ProveAsync(HttpMethod.Get, Api, "the-token", Cancellation));

        Assert.Equal(("GET", "https://api.example.com/a%20b"), (proof["htm"], proof["htu"]));
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes("the-token"))), proof["ath"]);
    }

    [Theory]
    [InlineData("RSA", """["e","kty","n"]""", "RS256"), InlineData("EC", """["crv","kty","x","y"]""", "ES256")]
    public async Task It_holds_no_private_number_and_no_other_name_of_the_key(string kind, string members, string algorithm)
    {
        var key = new SigningKeyOptions
        {
            Text = kind == "RSA" ? TestData.RsaPrivatePem : Keys.P256.ExportPkcs8PrivateKeyPem(), KeyId = "k", KeyIdFrom = KeyIdSource.JwkThumbprint,
        };

        var proof = Jwt.Parse(await Some(key).ProveAsync(HttpMethod.Post, Server, Cancellation));

        Assert.Equal(algorithm, proof.Header.GetProperty("alg").GetString());
        Assert.False(proof.Header.TryGetProperty("kid", out _));
        Assert.Equal(members, System.Text.Json.JsonSerializer.Serialize(proof.Header.GetProperty("jwk").EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public async Task No_two_have_the_same_id()
    {
        var proofs = Some();

        var ids = new HashSet<string?>();
        for (var i = 0; i < 100; i++)
            ids.Add(Jwt.Parse(await proofs.ProveAsync(HttpMethod.Post, Server, Cancellation))["jti"]);

        Assert.Equal(100, ids.Count);
    }

    [Fact]
    public async Task Nonces_of_the_server_and_of_each_API_are_kept_apart()
    {
        var proofs = Some();
        var origin = new Uri("https://as.example.com/api");
        proofs.TryKeepServerNonce(Server, "of-the-server");
        ((ITokenProof)proofs).KeepNonce(Api, "of-the-api");

        Assert.Equal("of-the-server", Jwt.Parse(await proofs.ProveAsync(HttpMethod.Post, Server, Cancellation))["nonce"]);
        Assert.Equal("of-the-api", Jwt.Parse(await ((ITokenProof)proofs).ProveAsync(HttpMethod.Get, Api, "t", Cancellation))["nonce"]);
        Assert.Null(Jwt.Parse(await ((ITokenProof)proofs).ProveAsync(HttpMethod.Get, origin, "t", Cancellation))["nonce"]);
        Assert.Null(Jwt.Parse(await proofs.ProveAsync(HttpMethod.Post, Api, Cancellation))["nonce"]);
    }

    [Theory]
    [InlineData(""), InlineData("a\"b"), InlineData("a\\b"), InlineData("a b"), InlineData("é")]
    public async Task A_nonce_that_is_none_is_passed_over(string nonce)
    {
        var proofs = Some();
        proofs.TryKeepServerNonce(Server, "good");

        proofs.TryKeepServerNonce(Server, nonce);

        Assert.Equal("good", Jwt.Parse(await proofs.ProveAsync(HttpMethod.Post, Server, Cancellation))["nonce"]);
    }

    [Fact]
    public void Without_a_key_in_the_settings_each_client_makes_its_own()
    {
        var (one, other) = (DPoPKey.Create(new()), DPoPKey.Create(new()));

        Assert.Equal(("ES256", "ES256"), (one.Signer.Algorithm, other.Signer.Algorithm));
        Assert.NotEqual(one.Thumbprint, other.Thumbprint);
        Assert.Equal(43, one.Thumbprint.Length);
    }

    private static DPoPProofs Some(string? pem = null) => Some(new SigningKeyOptions { Text = pem });

    private static DPoPProofs Some(SigningKeyOptions key) =>
        new(DPoPKey.Create(key), new FakeTimeProvider(TestData.Moment), new JtiGenerator(RandomNumberGenerator.Fill));
}
