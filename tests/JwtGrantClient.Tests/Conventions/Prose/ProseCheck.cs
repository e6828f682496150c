using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Prose;

/// <summary>A word or phrase that is not used any more, as a regular expression, and what to write instead.</summary>
internal sealed record OldWord(string Pattern, string Replacement);

/// <summary>Searches text for old words. Case does not matter, and only whole words count.</summary>
internal static class ProseCheck
{
    public static IEnumerable<string> Find(string path, string text, IEnumerable<OldWord> words) =>
        from word in words
        from match in Expression(word).Matches(text)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        orderby line
        select $"{path}:{line} '{match.Value}': write {word.Replacement}";

    // An underscore separates words too: names of tests are sentences.
    private static Regex Expression(OldWord word) => new(
        $@"(?<![\p{{L}}\p{{N}}])(?:{word.Pattern.Replace(" ", "[ _]", StringComparison.Ordinal)})(?![\p{{L}}\p{{N}}])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
}
