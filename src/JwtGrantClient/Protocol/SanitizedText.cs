using System.Buffers;
using System.Globalization;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Words of a server, fit for an error message and a log line: at most 512 characters, on one line, nothing that is invisible or turns the
/// text around, and no JWT, for a server may echo the assertion that it refuses.
/// </summary>
internal static class SanitizedText
{
    private const int MaximumLength = 512, MaximumSearched = 16 * 1024;
    private const string Cut = "...", NotShown = "(a JWT, not shown)";

    // Base64url of an opening brace and quote, and enough of it to be worth hiding.
    private const string JwtStart = "eyJ";
    private const int WorthHiding = 18;
    private static readonly SearchValues<char> OfJwt =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    public static string From(string text)
    {
        // Bounded twice: before the search, so that a megabyte costs none, and after it, so that an echoed JWT leaves room for the words.
        var shown = WithoutJwts(text.Length <= MaximumSearched ? text : text[..MaximumSearched]);
        var bounded = shown.Length <= MaximumLength ? shown : string.Concat(shown.AsSpan(0, MaximumLength - Cut.Length), Cut);
        return string.Create(bounded.Length, bounded, static (safe, source) =>
        {
            for (var i = 0; i < safe.Length; i++)
                safe[i] = IsPlain(source[i]) ? source[i] : ' ';
        });
    }

    // By hand, for a regular expression brings its whole machine into a native program.
    private static string WithoutJwts(string text)
    {
        var shown = text;
        for (var start = 0; (start = shown.IndexOf(JwtStart, start, StringComparison.Ordinal)) >= 0; start += JwtStart.Length)
        {
            var length = shown.AsSpan(start).IndexOfAnyExcept(OfJwt) is var end and >= 0 ? end : shown.Length - start;
            if (length >= WorthHiding)
                (shown, start) = (string.Concat(shown.AsSpan(0, start), NotShown, shown.AsSpan(start + length)), start + NotShown.Length - JwtStart.Length);
        }
        return shown;
    }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
