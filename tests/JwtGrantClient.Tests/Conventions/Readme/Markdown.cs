using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Readme;

/// <summary>A fenced block. <paramref name="Line"/> is the first line inside the fence, as editors count.</summary>
internal sealed record FencedBlock(string Path, int Line, string Language, string Text, HiddenComment? Above);

/// <summary>An HTML comment directly above a block: invisible to the reader, an instruction to the compiler.</summary>
internal sealed record HiddenComment(int Line, string Text);

internal static partial class Markdown
{
    public static IReadOnlyList<FencedBlock> Blocks(string path, string markdown)
    {
        var lines = markdown.Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
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

    private static int EndOf(string[] lines, int start, Predicate<string> isEnd) =>
        Array.FindIndex(lines, start, isEnd) is var end and >= 0 ? end : lines.Length;

    [GeneratedRegex("^(?<indent> *)(?<fence>`{3,}|~{3,}) *(?<language>[^ `]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex Opening();
}
