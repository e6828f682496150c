using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace JwtGrantClient.Signing;

/// <summary>
/// Converts an ECDSA signature to the format of a JWS: R and S as big-endian numbers, each as wide as the order of the curve, concatenated
/// (RFC 7518 section 3.4). Key services return this format or DER (RFC 3279 section 2.2.3).
/// </summary>
internal static class EcdsaSignature
{
    // Both R and S of a valid signature have 64 leading zero bits only once in 2^128 signatures. More probably the curve is smaller.
    private const int MaximumLeadingZeroBits = 64;

    /// <summary>Validates a signature and converts it to fixed width.</summary>
    /// <exception cref="JwtGrantException">The signature does not have the format, or does not fit the curve of the algorithm.</exception>
    public static ReadOnlyMemory<byte> ToFixedWidth(ReadOnlyMemory<byte> signature, DSASignatureFormat format, SignatureAlgorithm algorithm)
    {
        var width = (algorithm.CurveBits + 7) / 8;
        var isDer = format is DSASignatureFormat.Rfc3279DerSequence;
        var (r, s) = isDer ? FromDer(signature, width, algorithm) : FromRaw(signature, width, algorithm);
        if (BitLength(r) == 0 || BitLength(s) == 0)
            throw Unusable(algorithm, "R or S with the value 0, which is never valid", "Check the service and the code that calls it.");
        var longest = Math.Max(BitLength(r), BitLength(s));
        if (longest > algorithm.CurveBits || longest < algorithm.CurveBits - MaximumLeadingZeroBits)
            throw Unusable(
                algorithm, $"R and S of {longest} bits, but the curve has {algorithm.CurveBits} bits",
                "The key is on another curve. ES256 requires P-256, ES384 requires P-384 and ES512 requires P-521 (RFC 7518 section 3.4).");
        return isDer ? Join(r, s, width) : signature;
    }

    private static (ReadOnlyMemory<byte> R, ReadOnlyMemory<byte> S) FromRaw(ReadOnlyMemory<byte> raw, int width, SignatureAlgorithm algorithm) =>
        raw.Length == 2 * width ? (raw[..width], raw[width..]) : throw Unusable(
            algorithm,
            $"{raw.Length} bytes, but R and S at fixed width have {2 * width} bytes",
            raw.Span is [0x30, ..]
                ? "The signature starts like DER. Convert it, or pass Rfc3279DerSequence to JwtSigner.Remote."
                : "Check that the key is on the right curve and that the signature is not encoded as text, such as base64.");

    private static (ReadOnlyMemory<byte> R, ReadOnlyMemory<byte> S) FromDer(ReadOnlyMemory<byte> der, int width, SignatureAlgorithm algorithm)
    {
        try
        {
            // Strict DER: no signer writes superfluous zeros, an indefinite length or bytes after the sequence.
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var numbers = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var (r, s) = (numbers.ReadIntegerBytes(), numbers.ReadIntegerBytes());
            numbers.ThrowIfNotEmpty();
            // DER integers are signed: a positive integer whose highest bit is set starts with a zero byte.
            return r.Span[0] < 0x80 && s.Span[0] < 0x80 ? (r, s) : throw Unusable(
                algorithm, "a negative number", "The service, or the code that calls it, omits the zero byte before a high bit.");
        }
        catch (AsnContentException e)
        {
            throw Unusable(
                algorithm,
                $"{der.Length} bytes that are not a DER sequence of two integers",
                der.Length == 2 * width
                    ? "The signature is as long as R and S at fixed width. Do not set the format."
                    : "Check that the signature is complete and that it is not encoded as text, such as base64.",
                e);
        }
    }

    private static int BitLength(ReadOnlyMemory<byte> number) =>
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
