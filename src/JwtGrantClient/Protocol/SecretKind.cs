using System.Buffers;
using System.Globalization;

namespace JwtGrantClient.Protocol;

/// <summary>Recognizes secrets by their form: keys and tokens by their syntax, generated passwords by their mix of characters.</summary>
internal static class SecretKind
{
    /// <summary>The letters and digits of ASCII.</summary>
    public static readonly SearchValues<char> LettersAndDigits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    private const int MinimumDerLength = 64, MinimumJwtLength = 18, GuidLength = 36;

    // The shortest run of letters and digits that can be told from words: at random, the kind of character changes at every second position.
    private const int MinimumRun = 12, MinimumRunWithDigits = 16, MinimumLongRun = 24, DigitGroups = 3, DigitGroupsOfLongRun = 2;
    private const double RandomChanges = 0.25, RandomChangesOfSplitRun = 0.3;

    private static readonly string[] PrivateMembers = ["\"d\"", "\"priv\"", "\"k\""];

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n");

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=.~");

    /// <summary>Describes a key, a token or another document by its kind and length; null if the text is none.</summary>
    public static string? Describe(string text) => KindOf(text) is { } kind
        ? string.Create(CultureInfo.InvariantCulture, $"{kind} of {text.Length:N0} characters")
        : null;

    /// <summary>Returns whether a text is a private key in PEM, a private JWK or the JSON of a service account.</summary>
    public static bool IsPrivateKey(string text) => KindOf(text) switch
    {
        "a PEM document" => text.Contains("PRIVATE KEY", StringComparison.Ordinal),
        "a JWK" => Array.Exists(PrivateMembers, member => text.Contains(member, StringComparison.Ordinal)),
        "a service account in JSON" => true,
        _ => false,
    };

    /// <summary>Returns whether a text is a JWT.</summary>
    public static bool IsJwt(string text) => KindOf(text) is "a JWT";

    /// <summary>
    /// Returns whether a part of a text looks like a generated secret: a long run of letters and digits that is not made of words. A GUID that is only
    /// a part of the text, such as the id of a tenant in a URL, does not count.
    /// </summary>
    public static bool LooksRandom(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var token = text.AsSpan(start);
            var length = token.IndexOfAnyExcept(TokenCharacters) is var end and >= 0 ? end : token.Length;
            if (length == 0)
            {
                start++;
                continue;
            }
            var (letters, changes) = (0, 0);
            foreach (var part in token[..length].SplitAny('/', '=', '.', '~'))
                if (token[..length][part] is var segment && !(segment.Length == GuidLength && Guid.TryParse(segment, out _)) && IsRandom(segment, ref letters, ref changes))
                    return true;
            // Slashes split the base64 encoding of a secret, hyphens that in base64url. They also split paths, but most paths consist of words.
            if (token[0] != '/' && letters >= MinimumLongRun && changes >= letters * RandomChangesOfSplitRun)
                return true;
            start += length;
        }
        return false;
    }

    private static string? KindOf(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return trimmed.Contains("-----BEGIN", StringComparison.Ordinal) ? "a PEM document"
            : (trimmed.StartsWith('{') && trimmed.EndsWith('}')) || (trimmed.StartsWith('[') && trimmed.EndsWith(']')) ? KindOfJson(trimmed)
            : trimmed.Length >= MinimumJwtLength && trimmed.StartsWith("eyJ", StringComparison.Ordinal) ? "a JWT"
            // The base64 encoding of DER, which begins with the tag of a sequence (0x30) and its length.
            : trimmed.Length >= MinimumDerLength && trimmed[0] == 'M' && trimmed[1] is >= 'C' and <= 'I' && !trimmed.ContainsAnyExcept(Base64Characters) ? "a key in base64"
            : null;
    }

    private static string KindOfJson(ReadOnlySpan<char> json) =>
        json.Contains("\"private_key", StringComparison.Ordinal) ? "a service account in JSON"
        : json.Contains("\"kty\"", StringComparison.Ordinal) ? "a JWK"
        : "a JSON document";

    private static bool IsRandom(ReadOnlySpan<char> segment, ref int allLetters, ref int allChanges)
    {
        int changes = 0, run = 0, longestRun = 0, letters = 0, digitGroups = 0;
        var hasDigitGroups = false;
        var isHexadecimal = segment.Length >= MinimumRunWithDigits && segment.ContainsAnyInRange('0', '9');
        for (var i = 0; i < segment.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(segment[i]))
            {
                (run, digitGroups) = (0, 0);
                continue;
            }
            letters++;
            isHexadecimal &= char.IsAsciiHexDigit(segment[i]);
            if (char.IsAsciiDigit(segment[i]) && (run == 0 || !char.IsAsciiDigit(segment[i - 1])))
                digitGroups++;
            changes += run > 0 && IsChange(segment, i, run) ? 1 : 0;
            run++;
            longestRun = Math.Max(longestRun, run);
            hasDigitGroups |= (run >= MinimumRunWithDigits && digitGroups >= DigitGroups) || (run >= MinimumLongRun && digitGroups >= DigitGroupsOfLongRun);
        }
        (allLetters, allChanges) = (allLetters + letters, allChanges + changes);
        return (isHexadecimal && longestRun >= MinimumRunWithDigits)
            || hasDigitGroups
            || (longestRun >= MinimumRun && changes >= letters * RandomChanges);
    }

    // From an upper-case letter that begins a word to a lower-case one is no change, so that words like SigningKey have few changes.
    private static bool IsChange(ReadOnlySpan<char> text, int i, int run) => (Kind(text[i - 1]), Kind(text[i])) switch
    {
        var (before, now) when before == now => false,
        (CharacterKind.Upper, CharacterKind.Lower) => run > 1 && char.IsAsciiLetterUpper(text[i - 2]),
        _ => true,
    };

    private static CharacterKind Kind(char c) =>
        char.IsAsciiDigit(c) ? CharacterKind.Digit : char.IsAsciiLetterUpper(c) ? CharacterKind.Upper : CharacterKind.Lower;

    private enum CharacterKind
    {
        Digit,
        Upper,
        Lower,
    }
}
