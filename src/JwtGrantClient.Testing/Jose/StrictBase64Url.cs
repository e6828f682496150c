using System.Buffers;
using System.Buffers.Text;

namespace JwtGrantClient.Testing.Jose;

/// <summary>
/// Base64url by the letter (RFC 7515 section 2): the platform's decoder passes padding and white space, so the alphabet is checked first;
/// and one value has one spelling, so spare bits are zero.
/// </summary>
internal static class StrictBase64Url
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        if (text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1 || !Base64Url.IsValid(text))
            return false;
        bytes = Base64Url.DecodeFromChars(text);
        return text.SequenceEqual(Base64Url.EncodeToString(bytes));
    }
}
