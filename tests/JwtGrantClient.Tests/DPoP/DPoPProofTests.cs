using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Assertions;
using JwtGrantClient.DPoP;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace JwtGrantClient.Tests.DPoP;

/// <summary>The content of a proof (RFC 9449 section 4.2), read without the code that wrote it.</summary>
public sealed class DPoPProofTests
{
    private static readonly Uri Server = new("https://as.example.com/token?tenant=1"), Api = new("https://api.example.com/a%20b?x=1#y");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_proof_for_the_token_endpoint_contains_method_URL_time_and_public_key()
    {
        var proof = Jwt.Parse(await CreateProofs(Keys.P256.ExportPkcs8PrivateKeyPem()).CreateProofAsync(HttpMethod.Post, Server, null, Cancellation));

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
    public async Task A_proof_for_an_API_contains_the_hash_of_the_access_token()
    {
        var proofs = CreateProofs();

        var proof = Jwt.Parse(await proofs.CreateProofAsync(HttpMethod.Get, Api, "the-token", null, Cancellation));

        Assert.Equal(("GET", "https://api.example.com/a%20b"), (proof["htm"], proof["htu"]));
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes("the-token"))), proof["ath"]);
    }

    [Theory]
    [InlineData("RSA", """["e","kty","n"]""", "RS256"), InlineData("EC", """["crv","kty","x","y"]""", "ES256")]
    public async Task A_proof_contains_only_the_public_members_of_the_key_and_no_kid(string kind, string members, string algorithm)
    {
        var key = new SigningKeyOptions
        {
            Text = kind == "RSA" ? TestData.RsaPrivatePem : Keys.P256.ExportPkcs8PrivateKeyPem(), KeyId = "k", KeyIdFrom = KeyIdSource.JwkThumbprint,
        };

        var proof = Jwt.Parse(await CreateProofs(key).CreateProofAsync(HttpMethod.Post, Server, null, Cancellation));

        Assert.Equal(algorithm, proof.Header.GetProperty("alg").GetString());
        Assert.False(proof.Header.TryGetProperty("kid", out _));
        Assert.Equal(members, System.Text.Json.JsonSerializer.Serialize(proof.Header.GetProperty("jwk").EnumerateObject().Select(member => member.Name)));
    }

    [Fact]
    public async Task Each_proof_has_a_new_jti()
    {
        var proofs = CreateProofs();

        var ids = new HashSet<string?>();
        for (var i = 0; i < 100; i++)
            ids.Add(Jwt.Parse(await proofs.CreateProofAsync(HttpMethod.Post, Server, null, Cancellation))["jti"]);

        Assert.Equal(100, ids.Count);
    }

    [Fact]
    public async Task Nonces_of_the_token_endpoint_and_of_each_API_are_stored_separately()
    {
        var proofs = CreateProofs();
        var origin = new Uri("https://as.example.com/api");
        proofs.StoreServerNonce(Server, "server-nonce");
        ((ITokenProof)proofs).StoreNonce(Api, "api-nonce");

        Assert.Equal("server-nonce", Jwt.Parse(await proofs.CreateProofAsync(HttpMethod.Post, Server, null, Cancellation))["nonce"]);
        Assert.Equal("api-nonce", Jwt.Parse(await ((ITokenProof)proofs).CreateProofAsync(HttpMethod.Get, Api, "t", null, Cancellation))["nonce"]);
        Assert.Null(Jwt.Parse(await ((ITokenProof)proofs).CreateProofAsync(HttpMethod.Get, origin, "t", null, Cancellation))["nonce"]);
        Assert.Null(Jwt.Parse(await proofs.CreateProofAsync(HttpMethod.Post, Api, null, Cancellation))["nonce"]);
    }

    [Theory]
    [InlineData(""), InlineData("a\"b"), InlineData("a\\b"), InlineData("a b"), InlineData("é")]
    public void An_invalid_nonce_is_ignored(string nonce)
    {
        using var response = new HttpResponseMessage();
        Assert.True(response.Headers.TryAddWithoutValidation("DPoP-Nonce", nonce));

        Assert.Null(DPoPHeaders.ReadNonce(response.Headers));
    }

    [Theory]
    [InlineData("https://user:password@api.example.com/a?b#c", "https://api.example.com/a")]
    [InlineData("https://BÜCHER.example/a/ü", "https://xn--bcher-kva.example/a/%C3%BC")]
    [InlineData("https://api.example.com:443", "https://api.example.com/")]
    [InlineData("https://api.example.com:8443/A%2fb", "https://api.example.com:8443/A%2fb")]
    [InlineData("http://[::1]:5000/a", "http://[::1]:5000/a")]
    public async Task The_htu_of_a_proof_has_no_user_name_and_its_host_in_ASCII(string address, string htu)
    {
        var proof = Jwt.Parse(await CreateProofs().CreateProofAsync(HttpMethod.Get, new(address), "t", null, Cancellation));

        Assert.Equal(htu, proof["htu"]);
    }

    [Fact]
    public void Each_client_generates_its_own_key_if_none_is_configured()
    {
        var (one, other) = (DPoPKey.Create(new()), DPoPKey.Create(new()));

        Assert.Equal(("ES256", "ES256"), (one.Signer.Algorithm, other.Signer.Algorithm));
        Assert.NotEqual(one.Thumbprint, other.Thumbprint);
        Assert.Equal(43, one.Thumbprint.Length);
    }

    private static DPoPProofs CreateProofs(string? pem = null) => CreateProofs(new SigningKeyOptions { Text = pem });

    private static DPoPProofs CreateProofs(SigningKeyOptions key) =>
        new(DPoPKey.Create(key), new FakeTimeProvider(TestData.Moment), new JtiGenerator(RandomNumberGenerator.Fill));
}
