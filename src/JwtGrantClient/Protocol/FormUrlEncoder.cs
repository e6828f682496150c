using System.Buffers;
using System.Text;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Encodes fields as application/x-www-form-urlencoded (RFC 6749 appendix B) into one array of the exact size. FormUrlEncodedContent would copy
/// an assertion three times.
/// </summary>
internal static class FormUrlEncoder
{
    // RFC 3986 section 2.3: every server accepts these characters without escaping.
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    public static byte[] Encode(ReadOnlySpan<KeyValuePair<string, string>> fields)
    {
        var length = Math.Max(fields.Length - 1, 0);
        foreach (var (name, value) in fields)
            length += GetEncodedLength(name) + 1 + GetEncodedLength(value);
        var form = new byte[length];
        var rest = form.AsSpan();
        foreach (var (name, value) in fields)
        {
            if (rest.Length < length)
                WriteByte((byte)'&', ref rest);
            Write(name, ref rest);
            WriteByte((byte)'=', ref rest);
            Write(value, ref rest);
        }
        return form;
    }

    private static int GetEncodedLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (TryReadEscaped(ref text, out var unescaped, out var escaped))
            length += unescaped.Length + (escaped.Value == ' ' ? 1 : 3 * escaped.Utf8SequenceLength);
        return length + text.Length;
    }

    private static void Write(ReadOnlySpan<char> text, ref Span<byte> rest)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (TryReadEscaped(ref text, out var unescaped, out var escaped))
        {
            WriteUnescaped(unescaped, ref rest);
            if (escaped.Value == ' ')
                WriteByte((byte)'+', ref rest);
            else
                foreach (var value in utf8[..escaped.EncodeToUtf8(utf8)])
                    WriteEscaped(value, ref rest);
        }
        WriteUnescaped(text, ref rest);
    }

    /// <summary>
    /// Reads up to and including the next character that must be escaped. An unpaired surrogate is read as U+FFFD, the replacement character.
    /// </summary>
    private static bool TryReadEscaped(ref ReadOnlySpan<char> text, out ReadOnlySpan<char> unescaped, out Rune escaped)
    {
        var index = text.IndexOfAnyExcept(Unreserved);
        unescaped = index < 0 ? default : text[..index];
        escaped = default;
        if (index < 0)
            return false;
        Rune.DecodeFromUtf16(text[index..], out escaped, out var consumed);
        text = text[(index + consumed)..];
        return true;
    }

    private static void WriteUnescaped(scoped ReadOnlySpan<char> unescaped, ref Span<byte> rest) => rest = rest[Encoding.ASCII.GetBytes(unescaped, rest)..];

    private static void WriteEscaped(byte value, ref Span<byte> rest)
    {
        WriteByte((byte)'%', ref rest);
        WriteByte(HexDigit(value >> 4), ref rest);
        WriteByte(HexDigit(value & 0xF), ref rest);
    }

    private static byte HexDigit(int value) => (byte)"0123456789ABCDEF"[value];

    private static void WriteByte(byte value, ref Span<byte> rest)
    {
        rest[0] = value;
        rest = rest[1..];
    }
}
