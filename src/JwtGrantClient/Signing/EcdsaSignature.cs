using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Brings an ECDSA signature into the form of a JWS: R and S as big-endian numbers, each as wide as the curve's order, one after the other
/// (RFC 7518 section 3.4). Key services answer in that form or in DER (RFC 3279 section 2.2.3).
/// </summary>
internal static class EcdsaSignature
{
    // R and S of an honest signature are both this much shorter than the curve's order once in 2^128 signatures: it was a smaller curve.
    private const int ShorterBits = 64;

    /// <summary>Checks a signature and brings it to fixed width.</summary>
    /// <exception cref="JwtGrantException">It is none of this format, or none on the algorithm's curve.</exception>
    public static ReadOnlyMemory<byte> ToFixedWidth(ReadOnlyMemory<byte> signature, DSASignatureFormat format, SignatureAlgorithm algorithm)
    {
        var width = (algorithm.CurveBits + 7) / 8;
        var isDer = format is DSASignatureFormat.Rfc3279DerSequence;
        var (r, s) = isDer ? FromDer(signature, width, algorithm) : FromRaw(signature, width, algorithm);
        if (Bits(r) == 0 || Bits(s) == 0)
            throw Unusable(algorithm, "a number that is zero, which no signature holds", "The service, or the code that calls it, is at " +
                "fault.");
        var longest = Math.Max(Bits(r), Bits(s));
        if (longest > algorithm.CurveBits || longest < algorithm.CurveBits - ShorterBits)
            throw Unusable(
                algorithm, $"numbers of {longest} bits, where the curve has {algorithm.CurveBits}",
                "The key is on another curve: ES256 wants P-256, ES384 P-384, ES512 P-521 (RFC 7518 section 3.4).");
        return isDer ? Join(r, s, width) : signature;
    }

    private static (ReadOnlyMemory<byte> R, ReadOnlyMemory<byte> S) FromRaw(ReadOnlyMemory<byte> raw, int width, SignatureAlgorithm algorithm) =>
        raw.Length == 2 * width ? (raw[..width], raw[width..]) : throw Unusable(
            algorithm,
            $"{raw.Length} bytes, where R and S at fixed width have {2 * width}",
            raw.Span is [0x30, ..] ? "It begins like DER: convert it, or give JwtSigner.Remote the format Rfc3279DerSequence." : "Is the key on another curve, or the signature " +
                "still text, such as base64?");

    private static (ReadOnlyMemory<byte> R, ReadOnlyMemory<byte> S) FromDer(ReadOnlyMemory<byte> der, int width, SignatureAlgorithm algorithm)
    {
        try
        {
            // DER to the letter: superfluous zeros, an indefinite length or bytes at the end are the work of nobody's signer.
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var numbers = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var (r, s) = (numbers.ReadIntegerBytes(), numbers.ReadIntegerBytes());
            numbers.ThrowIfNotEmpty();
            // An integer of DER has a sign: a positive one with the highest bit set has a zero in front.
            return r.Span[0] < 0x80 && s.Span[0] < 0x80 ? (r, s) : throw Unusable(
                algorithm, "a negative number", "The service, or the code that calls it, leaves out the zero in front of a high bit.");
        }
        catch (AsnContentException e)
        {
            throw Unusable(
                algorithm,
                $"{der.Length} bytes that are no DER sequence of two integers",
                der.Length == 2 * width ? "It is as long as R and S at fixed width: leave the format out." : "Is it cut short, or still " +
                    "text, such as base64?",
                e);
        }
    }

    private static int Bits(ReadOnlyMemory<byte> number) =>
        number.Span.TrimStart((byte)0) is [var first, .. var rest] ? (8 * rest.Length) + BitOperations.Log2(first) + 1 : 0;

    private static byte[] Join(ReadOnlyMemory<byte> r, ReadOnlyMemory<byte> s, int width)
    {
        var signature = new byte[2 * width];
        foreach (var (number, end) in (ReadOnlySpan<(ReadOnlyMemory<byte>, int)>)[(r, width), (s, 2 * width)])
        {
            var digits = number.Span.TrimStart((byte)0);
            digits.CopyTo(signature.AsSpan(end - digits.Length));
        }
        return signature;
    }

    private static JwtGrantException Unusable(SignatureAlgorithm algorithm, string seen, string remedy, Exception? inner = null) =>
        new(JwtGrantErrorKind.Signing, "signature_unusable", $"The {algorithm.Name} signer returned {seen}. {remedy}", inner);
}
