using System.Text;
using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>A fenced block. <paramref name="Line"/> is the first line inside the fence; editors count the same way.</summary>
internal sealed record FencedBlock(string Path, int Line, string Language, string Text, HiddenComment? Above);

/// <summary>An HTML comment directly above a block. Readers do not see it; the checks read it as an instruction.</summary>
internal sealed record HiddenComment(int Line, string Text);

/// <summary>Splits a Markdown document into fenced blocks and prose.</summary>
internal static partial class Markdown
{
    private const char Blank = ' ';

    public static IReadOnlyList<FencedBlock> Blocks(string path, string markdown)
    {
        var lines = Lines(markdown);
        List<FencedBlock> blocks = [];
        HiddenComment? above = null;
        for (var i = 0; i < lines.Length; i++)
        {
            if (Opening().Match(lines[i]) is { Success: true } opening)
            {
                var indent = opening.Groups["indent"].Length;
                var end = EndOf(lines, i + 1, line => line.Trim().StartsWith(opening.Groups["fence"].Value, StringComparison.Ordinal));
                var text = lines[(i + 1)..end].Select(line => line[Math.Min(indent, line.Length - line.TrimStart().Length)..]);
                blocks.Add(new(path, i + 2, opening.Groups["language"].Value, string.Join('\n', text), above));
                (i, above) = (end, null);
            }
            else if (lines[i].StartsWith("<!--", StringComparison.Ordinal))
            {
                var end = EndOf(lines, i, line => line.Contains("-->", StringComparison.Ordinal));
                var text = string.Join('\n', lines[i..Math.Min(end + 1, lines.Length)]).Trim();
                (i, above) = (end, new(i + 1, text["<!--".Length..].Replace("-->", "", StringComparison.Ordinal)));
            }
            else if (lines[i].Trim().Length > 0)
            {
                above = null;
            }
        }

        return blocks;
    }

    /// <summary>
    /// Returns the document with fenced blocks and comments replaced by blanks. Lines and columns stay the same, so that an index in the result is an
    /// index in the document.
    /// </summary>
    public static string Prose(string markdown)
    {
        var text = markdown.Replace("\r\n", "\n", StringComparison.Ordinal);
        var prose = new StringBuilder(text.Length);
        string? fence = null;
        foreach (var line in text.Split('\n'))
        {
            var opening = Opening().Match(line);
            var isFence = fence is null ? opening.Success : line.Trim().StartsWith(fence, StringComparison.Ordinal);
            prose.Append(fence is null && !isFence ? line : new string(Blank, line.Length)).Append('\n');
            if (isFence)
                fence = fence is null ? opening.Groups["fence"].Value : null;
        }
        prose.Length--;
        return Comment().Replace(prose.ToString(), comment => Blanked(comment.Value));
    }

    /// <summary>Returns the inline code of a document's prose, each with its line.</summary>
    public static IEnumerable<(int Line, string Text)> InlineCode(string markdown)
    {
        var prose = Prose(markdown);
        return CodeSpan().Matches(prose).Select(span => (LineAt(prose, span.Index), span.Groups["code"].Value.Trim()));
    }

    /// <summary>Returns prose with the inline code replaced by blanks of the same length.</summary>
    public static string WithoutInlineCode(string prose) => CodeSpan().Replace(prose, span => Blanked(span.Value));

    /// <summary>Returns the line of an index, counted from 1.</summary>
    public static int LineAt(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    private static string Blanked(string text) => new([.. text.Select(c => c == '\n' ? c : Blank)]);

    private static string[] Lines(string markdown) => [.. markdown.Split('\n').Select(line => line.TrimEnd('\r'))];

    private static int EndOf(string[] lines, int start, Predicate<string> isEnd) =>
        Array.FindIndex(lines, start, isEnd) is var end and >= 0 ? end : lines.Length;

    [GeneratedRegex("^(?<indent> *)(?<fence>`{3,}|~{3,}) *(?<language>[^ `]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Opening();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("(?<!`)(?<ticks>`+)(?!`)(?<code>.+?)(?<!`)\\k<ticks>(?!`)", RegexOptions.ExplicitCapture)]
    private static partial Regex CodeSpan();
}
