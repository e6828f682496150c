using System.Buffers;
using System.Globalization;

namespace JwtGrantClient.Protocol;

/// <summary>
/// Quotes the values of settings in error messages. A value that may be a secret in the wrong setting, such as a key in place of the path of its
/// file, is described by its kind and length instead.
/// </summary>
internal static class SettingText
{
    // A longer value is not a path or a name. A shorter one is too short to tell a secret from a word.
    private const int MaximumLength = 300, MaximumWordLength = 11, MaximumChoiceLength = 24;

    // Characters of passwords that paths seldom have.
    private static readonly SearchValues<char> NotInPaths = SearchValues.Create("&=!?*\"<>|^;");

    // Characters of distinguished names, URIs and scopes that passphrases seldom have.
    private static readonly SearchValues<char> InNames = SearchValues.Create("=:./");

    /// <summary>
    /// Quotes a name, such as a key id, a scope or a subject. Names have no common syntax, so a value is quoted unless it looks random or consists of words
    /// only, like a passphrase.
    /// </summary>
    public static string Quote(string value) => Quote(value, IsName(value));

    /// <summary>Quotes a value where one of a few words or a number is expected.</summary>
    public static string QuoteChoice(string value) => Quote(
        value, value.Length <= MaximumChoiceLength && HasOnly(value, c => char.IsAsciiLetterOrDigit(c) || c is ':' or '.' or ',' or '+' or '-' or '_' or ' '));

    /// <summary>Quotes the path of a file: it has a separator or an extension, or is a short word.</summary>
    public static string QuotePath(string value) => Quote(value, IsPath(value));

    /// <summary>Quotes the name of an environment variable: words of letters and digits, joined by underscores.</summary>
    public static string QuoteVariable(string value) => Quote(value, IsVariable(value));

    /// <summary>Returns whether a value would be quoted as a path.</summary>
    public static bool IsShownAsPath(string value) => Describe(value, IsPath(value)) is null;

    /// <summary>Returns whether a value would be quoted as the name of an environment variable.</summary>
    public static bool IsShownAsVariable(string value) => Describe(value, IsVariable(value)) is null;

    /// <summary>
    /// Quotes a URL without its user name and password, and without a query or a fragment of more than a word. A path that looks random is left out.
    /// </summary>
    public static string QuoteUrl(string value)
    {
        if (SecretKind.Describe(value) is not null || value.Length > MaximumLength || HasControl(value))
            return Quote(value);
        var authority = value.IndexOf("://", StringComparison.Ordinal) + 3;
        if (authority < 3)
            return Quote(value, IsPath(value) || value.StartsWith("urn:", StringComparison.OrdinalIgnoreCase));
        var path = value.AsSpan(authority).IndexOfAny("/?#\\") is var first and >= 0 ? authority + first : value.Length;
        var query = value.AsSpan(path).IndexOfAny('?', '#') is var second and >= 0 ? path + second : value.Length;
        var host = value[(value.LastIndexOf('@', path - 1, path - authority) is var at and >= 0 ? at + 1 : authority)..path];
        if (SecretKind.LooksRandom(value[..authority]) || SecretKind.LooksRandom(host))
            return Quote(value, isExpected: false);
        var shownPath = SecretKind.LooksRandom(value[path..query]) ? "/..." : value[path..query];
        var shownQuery = value.Length - query > MaximumWordLength + 1 ? $"{value[query]}..." : value[query..];
        return $"'{value[..authority]}{host}{shownPath}{shownQuery}'";
    }

    /// <summary>Returns a name without quotation marks, or its description in parentheses.</summary>
    public static string Show(string value) => Describe(value, IsName(value)) is { } description ? $"({description}, not shown)" : value;

    private static string Quote(string value, bool isExpected) => Describe(value, isExpected) is { } description ? $"({description}, not shown)" : $"'{value}'";

    /// <summary>Returns the description of a value that is not shown, or null for a value that is.</summary>
    private static string? Describe(string value, bool isExpected) =>
        SecretKind.Describe(value)
        ?? (isExpected && value.Length <= MaximumLength && !HasControl(value) && !Guid.TryParse(value, out _) && !SecretKind.LooksRandom(value)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"a text of {value.Length:N0} characters"));

    private static bool IsName(string value) =>
        !value.Contains(' ', StringComparison.Ordinal) || value.AsSpan().ContainsAny(InNames) || IsWord(value);

    private static bool IsPath(string value) =>
        (value.AsSpan().ContainsAny('/', '\\') && !value.AsSpan().ContainsAny(NotInPaths)) || HasExtension(value) || IsWord(value);

    private static bool HasExtension(string value) => value.LastIndexOf('.') is var dot and > 0
        && value.Length - dot is >= 3 and <= MaximumWordLength && char.IsAsciiLetter(value[dot + 1])
        && value.AsSpan(dot + 1).IndexOfAnyExcept(SecretKind.LettersAndDigits) < 0
        && HasOnly(value, c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' or ' ' or '~' or '(' or ')');

    private static bool IsVariable(string value) =>
        IsWord(value) || (HasOnly(value, c => char.IsAsciiLetterOrDigit(c) || c == '_') && (value.Contains('_', StringComparison.Ordinal) || HasOnly(value, char.IsAsciiLetter)));

    private static bool IsWord(string value) => value.Length <= MaximumWordLength && HasOnly(value, c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or ' ');

    private static bool HasControl(string value) => !HasOnly(value, c => !char.IsControl(c));

    private static bool HasOnly(string value, Func<char, bool> isAllowed)
    {
        foreach (var c in value)
            if (!isAllowed(c))
                return false;
        return true;
    }
}
