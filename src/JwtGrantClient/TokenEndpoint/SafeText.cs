using System.Globalization;
using System.Text.RegularExpressions;

namespace JwtGrantClient.TokenEndpoint;

/// <summary>
/// Words of a server, fit for an error message and a log line: at most 512 characters, on one line, nothing that is invisible or turns the
/// text around, and no JWT, for a server may echo the assertion that it refuses.
/// </summary>
internal static partial class SafeText
{
    private const int MaximumLength = 512;
    private const string Cut = "...";

    public static string Of(string text)
    {
        var bounded = text.Length <= MaximumLength ? text : string.Concat(text.AsSpan(0, MaximumLength - Cut.Length), Cut);
        var plain = string.Create(bounded.Length, bounded, static (plain, source) =>
        {
            for (var i = 0; i < plain.Length; i++)
                plain[i] = IsPlain(source[i]) ? source[i] : ' ';
        });
        return Jwt.Replace(plain, "(a JWT, not shown)");
    }

    /// <summary>Base64url of an opening brace and quote, long enough to be worth hiding; never shorter than what replaces it.</summary>
    [GeneratedRegex(@"eyJ[\w\-.]{15,}", RegexOptions.CultureInvariant)]
    private static partial Regex Jwt { get; }

    private static bool IsPlain(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
