using System.Security.Cryptography;
using JwtGrantClient.Testing.Tests.TestSupport;

namespace JwtGrantClient.Testing.Tests;

/// <summary>The explanation of a signature that does not verify says how it was made, as far as the public key shows it.</summary>
public sealed class SignatureFaultTests
{
    private static readonly Dictionary<string, (string Cause, Func<byte[], byte[]> Sign)> OfRs256 = new()
    {
        ["empty"] = ("is empty", _ => []),
        ["one octet short"] = ("has 255 octets; a signature with this key has 256", input => Rs256(input)[..^1]),
        ["one octet long"] = ("has 257 octets", input => [.. Rs256(input), 0]),
        ["all ones"] = ("does not verify with the key", _ => [.. Enumerable.Repeat((byte)0xFF, 256)]),
        ["with SHA-384"] = ("is one of RS384 (the hash SHA384), but the alg is RS256", input => Rsa(input, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1)),
        ["with SHA-512"] = ("is one of RS512", input => Rsa(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1)),
        ["with PSS"] = ("is one of PS256 (RSA with the padding PSS)", input => Rsa(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        ["with PSS and SHA-512"] = ("is one of PS512 (RSA with the padding PSS)", input => Rsa(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pss)),
        ["without DigestInfo"] = ("without the DigestInfo", input => Raw([0, 1, .. Enumerable.Repeat((byte)0xFF, 221), 0, .. SHA256.HashData(input)])),
        ["of other content"] = ("was made with this key, but for other content", input => Rs256([.. input, 0])),
        ["with a flipped bit"] = ("does not verify with the key", input => Rs256(input) is var bytes && (bytes[200] ^= 1) >= 0 ? bytes : []),
        ["by another key"] = ("does not verify with the key of 'batch-worker'. Was it signed with another key", input =>
            TestData.OtherRsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
    };

    private static readonly Dictionary<string, (string Cause, Func<byte[], byte[]> Sign)> OfPs256 = new()
    {
        ["with PKCS #1"] = ("is one of RS256 (RSA with the padding PKCS #1 v1.5)", Rs256),
        ["with SHA-384"] = ("is one of PS384 (the hash SHA384)", input => Rsa(input, HashAlgorithmName.SHA384, RSASignaturePadding.Pss)),
        ["of other content"] = ("was made with this key, but for other content", input => Rsa([.. input, 0], HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
        ["with an empty salt"] = ("has a PSS salt of 0 octets; PS256 requires 32", input => PssWithoutSalt(input)),
        ["by another key"] = ("does not verify with the key", input => TestData.OtherRsaKey.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss)),
    };

    private static readonly Dictionary<string, (string Cause, Func<byte[], byte[]> Sign)> OfEs256 = new()
    {
        ["empty"] = ("is empty", _ => []),
        ["in DER"] = ("is in DER (ASN.1). Send R and S with 32 octets each", input =>
            TestData.P256Key.SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        ["one octet short"] = ("has 63 octets; ES256 requires 64", input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA256)[..^1]),
        ["on another curve"] = ("has 96 octets; ES256 requires 64", input => TestData.P384Key.SignData(input, HashAlgorithmName.SHA256)),
        ["zero"] = ("has R or S zero", _ => new byte[64]),
        ["with SHA-512"] = ("was made with the hash SHA512; ES256 requires SHA256", input => TestData.P256Key.SignData(input, HashAlgorithmName.SHA512)),
        ["of other content"] = ("does not verify with the key", input => TestData.P256Key.SignData([.. input, 0], HashAlgorithmName.SHA256)),
    };

    public static TheoryData<string> Rs256Cases => TestRows.From(OfRs256.Keys);

    public static TheoryData<string> Ps256Cases => TestRows.From(OfPs256.Keys);

    public static TheoryData<string> Es256Cases => TestRows.From(OfEs256.Keys);

    [Theory, MemberData(nameof(Rs256Cases))]
    public async Task A_signature_that_is_not_one_of_RS256_is_refused_with_its_cause(string testCase) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().SignedWith(OfRs256[testCase].Sign)))
            .ShouldBeRefused(AssertionRole.Grant, "S08").WithExplanation(OfRs256[testCase].Cause);

    [Theory, MemberData(nameof(Ps256Cases))]
    public async Task A_signature_that_is_not_one_of_PS256_is_refused_with_its_cause(string testCase) =>
        (await TestServer.Start().PresentAsync(new JwtBuilder().WithHeader("alg", "PS256").SignedWith(OfPs256[testCase].Sign)))
            .ShouldBeRefused(AssertionRole.Grant, "S08").WithExplanation(OfPs256[testCase].Cause);

    [Theory, MemberData(nameof(Es256Cases))]
    public async Task A_signature_that_is_not_one_of_ES256_is_refused_with_its_cause(string testCase)
    {
        var server = TestServer.Start(client: new() { Id = TestData.ClientId, PublicKeyPem = TestData.P256Key.ExportSubjectPublicKeyInfoPem() });

        (await server.PresentAsync(new JwtBuilder().WithHeader("alg", "ES256").SignedWith(OfEs256[testCase].Sign)))
            .ShouldBeRefused(AssertionRole.Grant, "S08").WithExplanation(OfEs256[testCase].Cause);
    }

    [Fact]
    public async Task A_signature_by_another_key_of_the_client_is_refused_with_the_kid_of_that_key()
    {
        var server = TestServer.Start(client: new()
        {
            Id = TestData.ClientId, Jwks = Keys.JwkSet(Keys.Jwk(TestData.RsaKey, "old"), Keys.Jwk(TestData.OtherRsaKey, "new")),
        });

        (await server.PresentAsync(new JwtBuilder().WithHeader("kid", "new"))).ShouldBeRefused(AssertionRole.Grant, "S08")
            .WithExplanation("another key of 'batch-worker', the one with the kid 'old'. Correct the kid.");
    }

    [Fact]
    public async Task A_changed_assertion_is_refused_as_changed_after_signing()
    {
        var segments = new JwtBuilder().Compact().Split('.');
        var changed = new JwtBuilder().Compact().Split('.')[1];

        (await TestServer.Start().PresentAsync($"{segments[0]}.{changed}.{segments[2]}", AssertionRole.Grant))
            .ShouldBeRefused(AssertionRole.Grant, "S08").WithExplanation("the JWT was changed after it was signed");
    }

    private static byte[] Rs256(byte[] input) => Rsa(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static byte[] Rsa(byte[] input, HashAlgorithmName hash, RSASignaturePadding padding) => TestData.RsaKey.SignData(input, hash, padding);

    // EMSA-PSS with an empty salt (RFC 8017 section 9.1.1), which .NET cannot create.
    private static byte[] PssWithoutSalt(byte[] input)
    {
        var hash = SHA256.HashData([.. new byte[8], .. SHA256.HashData(input)]);
        var block = new byte[256 - 32 - 1];
        block[^1] = 1;
        for (var i = 0; i < block.Length; i++)
            block[i] ^= SHA256.HashData([.. hash, 0, 0, 0, (byte)(i / 32)])[i % 32];
        block[0] &= 0x7F;
        return Raw([.. block, .. hash, 0xBC]);
    }

    // The RSA private operation without padding.
    private static byte[] Raw(byte[] encoded)
    {
        var key = TestData.RsaKey.ExportParameters(includePrivateParameters: true);
        System.Numerics.BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
        var result = System.Numerics.BigInteger.ModPow(Number(encoded), Number(key.D!), Number(key.Modulus!)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[256 - result.Length], .. result];
    }
}
