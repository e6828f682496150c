using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;
using JwtGrantClient.Tests.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace JwtGrantClient.Tests.Vectors;

/// <summary>
/// Keys and signatures of the RFCs. RS256 and Ed25519 are deterministic, so the library must produce the same bytes. PS* and ES* are not: there
/// the RFC's signature proves that the vector is copied correctly, and the library's signature must verify with the same key.
/// </summary>
public sealed class RfcVectorTests
{
    [Fact]
    public async Task The_RS256_signature_of_RFC_7515_A2_is_reproduced_byte_for_byte() => Assert.Equal(Rfc7515.A2Signature, await SignAsync(Rfc7515.A2Key, "RS256", Rfc7515.A2Input));

    [Fact]
    public async Task An_ES256_signature_of_RFC_7515_A3_verifies_with_its_key()
    {
        using var key = Ec(Rfc7515.A3Key, ECCurve.NamedCurves.nistP256);

        Assert.True(Verifies(key, Rfc7515.A3Input, Rfc7515.A3Signature, HashAlgorithmName.SHA256));
        Assert.True(Verifies(key, Rfc7515.A3Input, await SignAsync(Rfc7515.A3Key, "ES256", Rfc7515.A3Input), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task The_RS256_signature_of_RFC_7520_4_1_is_reproduced_byte_for_byte() =>
        Assert.Equal(Rfc7520.Rs256Signature, await SignAsync(Rfc7520.RsaKey, "RS256", $"{Rfc7520.Rs256Header}.{Rfc7520.Payload}"));

    [Fact]
    public async Task A_PS384_signature_of_RFC_7520_4_2_verifies_with_its_key()
    {
        const string Input = $"{Rfc7520.Ps384Header}.{Rfc7520.Payload}";
        var jwk = new JsonWebKey(Rfc7520.RsaKey);
        using var key = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(jwk.N), Exponent = Base64Url.DecodeFromChars(jwk.E) });

        foreach (var signature in new[] { Rfc7520.Ps384Signature, await SignAsync(Rfc7520.RsaKey, "PS384", Input) })
            Assert.True(key.VerifyData(
                Encoding.ASCII.GetBytes(Input), Base64Url.DecodeFromChars(signature), HashAlgorithmName.SHA384, RSASignaturePadding.Pss));
    }

    [Fact]
    public async Task An_ES512_signature_of_RFC_7520_4_3_verifies_with_its_key()
    {
        const string Input = $"{Rfc7520.Es512Header}.{Rfc7520.Payload}";
        using var key = Ec(Rfc7520.EcKey, ECCurve.NamedCurves.nistP521);

        Assert.True(Verifies(key, Input, Rfc7520.Es512Signature, HashAlgorithmName.SHA512));
        Assert.True(Verifies(key, Input, await SignAsync(Rfc7520.EcKey, "ES512", Input), HashAlgorithmName.SHA512));
    }

    [Fact]
    public void The_kid_of_the_key_of_RFC_7520_is_used() => Assert.Equal("bilbo.baggins@hobbiton.example", TestSigner.Load(new() { Text = Rfc7520.EcKey }).KeyId);

    [Fact]
    public void The_HMAC_key_of_RFC_7520_4_4_is_rejected()
    {
        var error = Assert.Throws<JwtGrantException>(() => TestSigner.Load(new() { Text = Rfc7520.HmacKey }));

        Assert.StartsWith("In SigningKey:Text there is a JWK with the kty oct, a shared secret. HMAC is refused", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The library has no Ed25519 and its key loader says so. A custom signer is required.</summary>
    [Fact]
    public async Task A_custom_signer_reproduces_the_Ed25519_signature_of_RFC_8037_A4()
    {
        var signer = new Ed25519Signer(Base64Url.DecodeFromChars("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"), "EdDSA");

        var signature = await signer.SignAsync(
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", Keys.EncodeBase64Url(signer.PublicKey));
        Assert.Equal("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg", Keys.EncodeBase64Url(signature.ToArray()));
    }

    /// <summary>RFC 7638 section 3.1 gives only the public part of its example key.</summary>
    [Fact]
    public void The_JWK_thumbprint_equals_the_example_of_RFC_7638()
    {
        const string Modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        using var key = RSA.Create(new RSAParameters { Modulus = Base64Url.DecodeFromChars(Modulus), Exponent = [1, 0, 1] });

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", PublicJwk.ComputeThumbprint(key));
    }

    private static async Task<string> SignAsync(string jwk, string algorithm, string input)
    {
        var signer = TestSigner.Load(new() { Text = jwk, Algorithm = algorithm });
        return Keys.EncodeBase64Url((await signer.SignAsync(Encoding.ASCII.GetBytes(input), TestContext.Current.CancellationToken)).ToArray());
    }

    private static ECDsa Ec(string json, ECCurve curve)
    {
        var jwk = new JsonWebKey(json);
        return ECDsa.Create(new ECParameters { Curve = curve, Q = new() { X = Base64Url.DecodeFromChars(jwk.X), Y = Base64Url.DecodeFromChars(jwk.Y) } });
    }

    private static bool Verifies(ECDsa key, string input, string signature, HashAlgorithmName hash) =>
        key.VerifyData(Encoding.ASCII.GetBytes(input), Base64Url.DecodeFromChars(signature), hash);
}
