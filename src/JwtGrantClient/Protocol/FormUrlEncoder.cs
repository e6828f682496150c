using System.Buffers;
using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Writes application/x-www-form-urlencoded (RFC 6749 appendix B) into one array of the exact size. The platform's own content makes three
/// copies of an assertion on its way.
/// </summary>
internal static class FormUrlEncoder
{
    // RFC 3986 section 2.3: what every server takes as it is.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    public static byte[] Encode(ReadOnlySpan<KeyValuePair<string, string>> fields)
    {
        var length = Math.Max(fields.Length - 1, 0);
        foreach (var (name, value) in fields)
            length += Length(name) + 1 + Length(value);
        var form = new byte[length];
        var rest = form.AsSpan();
        foreach (var (name, value) in fields)
        {
            if (rest.Length < length)
                Put((byte)'&', ref rest);
            Write(name, ref rest);
            Put((byte)'=', ref rest);
            Write(value, ref rest);
        }
        return form;
    }

    private static int Length(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (NextEscaped(ref text, out var plain, out var escaped))
            length += plain.Length + (escaped.Value == ' ' ? 1 : 3 * escaped.Utf8SequenceLength);
        return length + text.Length;
    }

    private static void Write(ReadOnlySpan<char> text, ref Span<byte> rest)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (NextEscaped(ref text, out var plain, out var escaped))
        {
            PutPlain(plain, ref rest);
            if (escaped.Value == ' ')
                Put((byte)'+', ref rest);
            else
                foreach (var one in utf8[..escaped.EncodeToUtf8(utf8)])
                    PutEscaped(one, ref rest);
        }
        PutPlain(text, ref rest);
    }

    /// <summary>Cuts off the text up to and with the next character that must be escaped; half a surrogate pair becomes U+FFFD.</summary>
    private static bool NextEscaped(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> plain, out Rune escaped)
    {
        var at = text.IndexOfAnyExcept(Plain);
        plain = at < 0 ? default : text[..at];
        escaped = default;
        if (at < 0)
            return false;
        Rune.DecodeFromUtf16(text[at..], out escaped, out var consumed);
        text = text[(at + consumed)..];
        return true;
    }

    private static void PutPlain(scoped ReadOnlySpan<char> plain, ref Span<byte> rest) => rest = rest[Encoding.ASCII.GetBytes(plain, rest)..];

    private static void PutEscaped(byte one, ref Span<byte> rest)
    {
        Put((byte)'%', ref rest);
        Put(Digit(one >> 4), ref rest);
        Put(Digit(one & 0xF), ref rest);
    }

    private static byte Digit(int value) => (byte)"0123456789ABCDEF"[value];

    private static void Put(byte one, ref Span<byte> rest)
    {
        rest[0] = one;
        rest = rest[1..];
    }
}
