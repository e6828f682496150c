using System.Diagnostics.CodeAnalysis;

namespace JwtGrantClient.Testing.Jwt;

/// <summary>
/// Base64url without padding (RFC 7515 section 2), to the letter: one text for one value. The platform's decoder takes padding and
/// whitespace, so this one is written out.
/// </summary>
internal static class StrictBase64Url
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes, out string problem)
    {
        bytes = null;
        problem = "";
        var decoded = new byte[text.Length * 3 / 4];
        var (buffer, bits, length) = (0, 0, 0);
        foreach (var character in text)
        {
            var value = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
            {
                problem = $"has the character {Quote.Of(character)}; base64url uses A-Z a-z 0-9 - _ and no padding";
                return false;
            }
            buffer = ((buffer << 6) | value) & 0xFFF;
            bits += 6;
            if (bits < 8)
                continue;
            bits -= 8;
            decoded[length++] = (byte)(buffer >> bits);
        }
        if (text.Length % 4 == 1)
            problem = $"has {text.Length} characters, which no number of bytes encodes to: it is cut short";
        else if ((buffer & ((1 << bits) - 1)) != 0)
            problem = $"ends in {Quote.Of(text[^1])}, whose last {bits} bits are not zero: a second spelling of the same bytes";
        else
            bytes = decoded;
        return bytes is not null;
    }

    public static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
