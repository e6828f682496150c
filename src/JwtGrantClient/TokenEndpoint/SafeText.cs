using System.Globalization;
using System.Text.RegularExpressions;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Words of a server, fit for an error message and a log line: at most 512 characters, on one line, nothing that is invisible or turns the
/// text around, and no JWT, for a server may echo the assertion that it refuses.
/// </summary>
internal static partial class SafeText
{
    private const int MaximumLength = 512, MaximumSearched = 16 * 1024;
    private const string Cut = "...";

    public static string Of(string text)
    {
        // Bounded twice: before the search, so that a megabyte costs none, and after it, so that an echoed JWT leaves room for the words.
        var shown = Jwt.Replace(text.Length <= MaximumSearched ? text : text[..MaximumSearched], "(a JWT, not shown)");
        var bounded = shown.Length <= MaximumLength ? shown : string.Concat(shown.AsSpan(0, MaximumLength - Cut.Length), Cut);
        return string.Create(bounded.Length, bounded, static (safe, source) =>
        {
            for (var i = 0; i < safe.Length; i++)
                safe[i] = IsPlain(source[i]) ? source[i] : ' ';
        });
    }

    /// <summary>Base64url of an opening brace and quote, and enough of it to be worth hiding.</summary>
    [GeneratedRegex(@"eyJ[\w\-.]{15,}", RegexOptions.CultureInvariant)]
    private static partial Regex Jwt { get; }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
