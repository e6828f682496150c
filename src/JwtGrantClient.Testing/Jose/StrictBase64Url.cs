using System.Buffers;
using System.Buffers.Text;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Decodes base64url strictly (RFC 7515 section 2): no padding, no white space, and the unused bits of the last character are zero, so that
/// each value has exactly one encoding.
/// </summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        // The platform's decoder accepts padding and white space, so the alphabet is checked first.
        if (text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1 || !Base64Url.IsValid(text))
            return false;
        bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes));
    }
}
