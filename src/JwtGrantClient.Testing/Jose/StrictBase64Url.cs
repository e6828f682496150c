using System.Buffers;
using System.Buffers.Text;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Decodes base64url strictly (RFC 7515 section 2): no padding, no white space, and the unused bits of the last character are zero, so that
/// each value has exactly one encoding.
/// </summary>
internal static class StrictBase64Url
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Characters);

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        // The platform's decoder accepts padding and white space, so the alphabet is checked first.
        if (text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1 || HasUnusedBits(text))
            return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    /// <summary>Decodes base64url that is padded to a multiple of four characters, and is strict otherwise.</summary>
    public static bool TryDecodePadded(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var content = text.TrimEnd('=');
        bytes = [];
        return text.Length % 4 == 0 && text.Length - content.Length is 1 or 2 && TryDecode(content, out bytes);
    }

    /// <summary>Describes why a text cannot be decoded: the end of a sentence that begins with its name and "that".</summary>
    public static string DescribeFault(ReadOnlySpan<char> text)
    {
        var content = text.TrimEnd('=');
        if (content.IndexOfAnyExcept(Alphabet) is >= 0 and var offset)
            return content[offset] switch
            {
                '+' or '/' => $"has '{content[offset]}' at offset {offset}: the alphabet of base64. Use base64url, with '-' and '_'.",
                '=' => $"has the padding '=' at offset {offset}, inside of the text.",
                '%' => $"has '%' at offset {offset}: it was percent-encoded twice.",
                var c when char.IsWhiteSpace(c) => $"has white space (U+{(int)c:X4}) at offset {offset}. Send one line without spaces.",
                var c => $"has the character '{c}' (U+{(int)c:X4}) at offset {offset}, which is not base64url.",
            };
        if (content.Length < text.Length)
            return "ends with the padding '='. Base64url in a JWT has no padding: remove it.";
        return text.Length % 4 == 1
            ? $"has {text.Length} characters, which is not a possible length of base64url. A character is missing, or there is one too many."
            : "ends with a character whose unused bits are not zero. Each value has exactly one encoding.";
    }

    // Two characters encode one octet and leave 4 bits, three encode two octets and leave 2 bits.
    private static bool HasUnusedBits(ReadOnlySpan<char> text) => (text.Length % 4) switch
    {
        2 => (Characters.IndexOf(text[^1], StringComparison.Ordinal) & 0b1111) != 0,
        3 => (Characters.IndexOf(text[^1], StringComparison.Ordinal) & 0b11) != 0,
        _ => false,
    };
}
