using System.Buffers;
using System.Globalization;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Makes a text from a server safe for error messages and logs: at most 512 characters, on one line, without invisible characters and characters
/// that change the text direction, and without JWTs, because a server may echo the assertion that it rejects.
/// </summary>
internal static class SanitizedText
{
    private const int MaximumLength = 512, MaximumSearchedLength = 16 * 1024;
    private const string Ellipsis = "...", JwtPlaceholder = "(a JWT, not shown)";

    // The base64url encoding of {" and the length from which a match is treated as a JWT: shorter ones are part of ordinary words.
    private const string JwtPrefix = "eyJ";
    private const int MinimumJwtLength = 18;
    private static readonly SearchValues<char> JwtCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Returns the sanitized text.</summary>
    public static string From(string text) => From(text, SecretMask.None);

    /// <summary>Returns the sanitized text without the secrets of the mask.</summary>
    public static string From(string text, SecretMask mask)
    {
        // The text is cut twice: before the search, which limits the work, and after it, so that a removed JWT leaves room for other words.
        var redacted = RemoveJwts(mask.Apply(text.Length <= MaximumSearchedLength ? text : text[..MaximumSearchedLength]));
        var bounded = redacted.Length <= MaximumLength ? redacted : string.Concat(redacted.AsSpan(0, MaximumLength - Ellipsis.Length), Ellipsis);
        return string.Create(bounded.Length, bounded, static (safe, source) =>
        {
            for (var i = 0; i < safe.Length; i++)
                safe[i] = IsVisible(source[i]) ? source[i] : ' ';
        });
    }

    /// <summary>Ends a text of another library with a full stop, unless it ends a sentence already, so that another sentence can follow.</summary>
    public static string ToSentence(string text) => text.TrimEnd() is var trimmed && (trimmed is "" || trimmed[^1] is '.' or '!' or '?') ? trimmed : $"{trimmed}.";

    // Not a regular expression: the engine would add to the size of native programs.
    private static string RemoveJwts(string text)
    {
        var redacted = text;
        for (var start = 0; (start = redacted.IndexOf(JwtPrefix, start, StringComparison.Ordinal)) >= 0; start += JwtPrefix.Length)
        {
            var length = redacted.AsSpan(start).IndexOfAnyExcept(JwtCharacters) is var end and >= 0 ? end : redacted.Length - start;
            if (length < MinimumJwtLength)
                continue;
            redacted = string.Concat(redacted.AsSpan(0, start), JwtPlaceholder, redacted.AsSpan(start + length));
            start += JwtPlaceholder.Length - JwtPrefix.Length;
        }
        return redacted;
    }

    private static bool IsVisible(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
