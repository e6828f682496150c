using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using JwtGrantClient.Signing;

namespace JwtGrantClient.Tests.Signing;

public sealed class EcdsaSignatureTests
{
    private const DSASignatureFormat Raw = DSASignatureFormat.IeeeP1363FixedFieldConcatenation, Der = DSASignatureFormat.Rfc3279DerSequence;

    /// <summary>A number with as many bits as the order of P-256.</summary>
    private static readonly BigInteger N = BigInteger.One << 255;

    private const string NotASequence = " that are not a DER sequence of two integers. Check that the signature is complete and that it is not encoded as text, such as base64.";

    private static readonly byte[] Input = Encoding.ASCII.GetBytes("eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UifQ");

    public static TheoryData<string, string, DSASignatureFormat> Formats => new()
    {
        { "ES256", "nistP256", Raw }, { "ES384", "nistP384", Raw }, { "ES512", "nistP521", Raw },
        { "ES256", "nistP256", Der }, { "ES384", "nistP384", Der }, { "ES512", "nistP521", Der },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Signatures_in_both_formats_verify_after_conversion_to_fixed_width(string name, string curve, DSASignatureFormat format)
    {
        var algorithm = SignatureAlgorithm.FromName(name);
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        // 600 signatures include numbers with a leading zero byte and numbers that are shorter than the curve.
        for (var i = 0; i < 600; i++)
        {
            var signature = EcdsaSignature.ToFixedWidth(key.SignData(Input, algorithm.Hash, format), format, algorithm);

            Assert.True(key.VerifyData(Input, signature.Span, algorithm.Hash, Raw));
        }
    }

    [Theory]
    [InlineData("ES256", "01", "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550")]
    [InlineData("ES256", "00ff", "80")]
    [InlineData("ES384", "ff", "7f")]
    [InlineData("ES512", "01", "0180")]
    public void A_short_number_is_padded_with_leading_zeros(string name, string r, string s)
    {
        var algorithm = SignatureAlgorithm.FromName(name);
        var width = (algorithm.CurveBits + 7) / 8;
        var longest = BigInteger.One << (algorithm.CurveBits - 1);

        foreach (var (first, second) in new[] { (Number(r), longest), (longest, Number(s)) })
        {
            var signature = EcdsaSignature.ToFixedWidth(DerOf(first, second), Der, algorithm).Span;

            Assert.Equal(2 * width, signature.Length);
            Assert.Equal(first, Unsigned(signature[..width]));
            Assert.Equal(second, Unsigned(signature[width..]));
        }
    }

    [Theory]
    [InlineData("ES256", "nistP384", "96 bytes, but R and S at fixed width have 64 bytes.")]
    [InlineData("ES256", "nistP521", "132 bytes, but R and S at fixed width have 64 bytes.")]
    [InlineData("ES384", "nistP256", "64 bytes, but R and S at fixed width have 96 bytes.")]
    [InlineData("ES512", "nistP256", "64 bytes, but R and S at fixed width have 132 bytes.")]
    [InlineData("ES512", "nistP384", "96 bytes, but R and S at fixed width have 132 bytes.")]
    public void A_signature_by_a_key_on_another_curve_is_rejected(string name, string curve, string seen)
    {
        var algorithm = SignatureAlgorithm.FromName(name);
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));

        Assert.StartsWith($"The {name} signer returned {seen}", ErrorOf(key.SignData(Input, algorithm.Hash, Raw), Raw, algorithm), StringComparison.Ordinal);
        Assert.EndsWith(
            $" bits, but the curve has {algorithm.CurveBits} bits. The key is on another curve. ES256 requires P-256, ES384 requires P-384 and ES512 requires P-521 (RFC 7518 section 3.4).",
            ErrorOf(key.SignData(Input, algorithm.Hash, Der), Der, algorithm), StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> InvalidDerSignatures => new()
    {
        { "empty", [], "0 bytes" + NotASequence },
        { "truncated", DerOf(N, N)[..^1], "71 bytes" + NotASequence },
        { "trailing byte", [.. DerOf(N, N), 0], "73 bytes" + NotASequence },
        { "one number", Sequence([0x02, 0x01, 0x01]), "5 bytes" + NotASequence },
        { "three numbers", Sequence([0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01]), "11 bytes" + NotASequence },
        { "redundant leading zero", Sequence([0x02, 0x02, 0x00, 0x01, 0x02, 0x01, 0x01]), "9 bytes" + NotASequence },
        { "empty number", Sequence([0x02, 0x00, 0x02, 0x01, 0x01]), "7 bytes" + NotASequence },
        { "indefinite length", [0x30, 0x80, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00, 0x00], "10 bytes" + NotASequence },
        { "base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(DerOf(N, N))), "96 bytes" + NotASequence },
        { "fixed width", [.. Enumerable.Repeat((byte)0x7f, 64)], "64 bytes that are not a DER sequence of two integers. The signature is as long as R and S at fixed width. Do not set the format." },
        { "negative R", DerOf(-N, N), "a negative number. The service, or the code that calls it, omits the zero byte before a high bit." },
        { "negative S", DerOf(N, -N), "a negative number. The service, or the code that calls it, omits the zero byte before a high bit." },
        { "zero R", DerOf(0, N), "R or S with the value 0, which is never valid. Check the service and the code that calls it." },
        { "zero S", DerOf(N, 0), "R or S with the value 0, which is never valid. Check the service and the code that calls it." },
    };

    [Theory]
    [MemberData(nameof(InvalidDerSignatures))]
    public void The_error_describes_bytes_that_are_not_a_DER_signature(string input, byte[] signature, string seen) =>
        Assert.Equal(($"{input}: ", $"The ES256 signer returned {seen}"), ($"{input}: ", ErrorOf(signature, Der, SignatureAlgorithm.FromName("ES256"))));

    [Fact]
    public void The_error_describes_bytes_that_are_not_a_fixed_width_signature()
    {
        var algorithm = SignatureAlgorithm.FromName("ES256");

        Assert.Equal(
            "The ES256 signer returned 70 bytes, but R and S at fixed width have 64 bytes. The signature starts like DER. Convert it, or pass Rfc3279DerSequence to JwtSigner.Remote.",
            ErrorOf(DerOf(N, N)[..70], Raw, algorithm));
        Assert.Equal(
            "The ES256 signer returned 63 bytes, but R and S at fixed width have 64 bytes. Check that the key is on the right curve and that the signature is not encoded as text, such as base64.",
            ErrorOf(new byte[63], Raw, algorithm));
        Assert.StartsWith("The ES256 signer returned R or S with the value 0", ErrorOf(new byte[64], Raw, algorithm), StringComparison.Ordinal);
        Assert.StartsWith(
            "The ES256 signer returned R and S of 257 bits, but the curve has 256 bits.", ErrorOf(DerOf(N, N << 1), Der, algorithm), StringComparison.Ordinal);
        Assert.StartsWith(
            "The ES512 signer returned R and S of 528 bits, but the curve has 521 bits.",
            ErrorOf([.. Enumerable.Repeat((byte)0xff, 132)], Raw, SignatureAlgorithm.FromName("ES512")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_DER_signature_is_converted_or_rejected_as_signature_unusable()
    {
        var algorithm = SignatureAlgorithm.FromName("ES256");
        var valid = DerOf(N, N);
        var damaged =
            from index in Enumerable.Range(0, valid.Length)
            from value in Enumerable.Range(0, 256)
            select (byte[])[.. valid[..index], (byte)value, .. valid[(index + 1)..]];

        foreach (var signature in damaged.Concat(Enumerable.Range(0, valid.Length).Select(length => valid[..length])))
        {
            try
            {
                Assert.Equal(64, EcdsaSignature.ToFixedWidth(signature, Der, algorithm).Length);
            }
            catch (JwtGrantException e)
            {
                Assert.Equal((JwtGrantErrorKind.Signing, "signature_unusable"), (e.Kind, e.Code));
            }
        }
    }

    private static string ErrorOf(byte[] signature, DSASignatureFormat format, SignatureAlgorithm algorithm)
    {
        var error = Assert.Throws<JwtGrantException>(() => EcdsaSignature.ToFixedWidth(signature, format, algorithm));

        Assert.Equal((JwtGrantErrorKind.Signing, "signature_unusable"), (error.Kind, error.Code));
        return error.Message;
    }

    private static byte[] DerOf(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }
        return writer.Encode();
    }

    private static byte[] Sequence(byte[] content) => [0x30, (byte)content.Length, .. content];

    private static BigInteger Number(string hex) => Unsigned(Convert.FromHexString(hex));

    private static BigInteger Unsigned(ReadOnlySpan<byte> bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);
}
