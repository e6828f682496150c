using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>A link of a document.</summary>
internal sealed record MarkdownLink(int Line, string Text, string Target);

/// <summary>Finds the links of a document, and the anchors that links can lead to.</summary>
internal static partial class MarkdownLinks
{
    /// <summary>Returns inline links, images, reference definitions and autolinks. Code and comments have none.</summary>
    public static IEnumerable<MarkdownLink> Find(string markdown)
    {
        var prose = Markdown.Prose(markdown);
        var searched = Markdown.WithoutInlineCode(prose);
        return
            from match in Inline().Matches(searched).Concat(Definition().Matches(searched)).Concat(Autolink().Matches(searched))
            let text = match.Groups["text"]
            orderby match.Index
            // From the document, because the search does not see inline code.
            select new MarkdownLink(
                Markdown.LineAt(searched, match.Index), prose.Substring(text.Index, text.Length).Trim('`', ' '), match.Groups["target"].Value);
    }

    /// <summary>Returns the anchors of a document as GitHub creates them: one for each heading, and the ids of HTML elements.</summary>
    public static IReadOnlySet<string> Anchors(string markdown)
    {
        var prose = Markdown.Prose(markdown);
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(prose))
        {
            var slug = Slug(heading.Groups["text"].Value);
            var anchor = slug;
            for (var i = 1; !anchors.Add(anchor); i++)
                anchor = $"{slug}-{i}";
        }
        anchors.UnionWith(ElementId().Matches(prose).Select(id => id.Groups["id"].Value));
        return anchors;
    }

    private static string Slug(string heading) => string.Concat(
        LinkText().Replace(heading, "${text}").Trim().ToLowerInvariant()
            .Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')
            .Select(c => c == ' ' ? '-' : c));

    [GeneratedRegex("""\[(?<text>[^\[\]]*)\]\((?<target>[^()\s]*)(\s+"[^"]*")?\)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Inline();

    [GeneratedRegex("""^ {0,3}\[(?<text>[^\[\]]+)\]:\s*(?<target>\S+)""", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Definition();

    [GeneratedRegex("<(?<text>(?<target>https?://[^>\\s]+))>", RegexOptions.ExplicitCapture)]
    private static partial Regex Autolink();

    [GeneratedRegex("^ {0,3}#{1,6} +(?<text>.+?)[ #]*$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("""<[a-zA-Z][^>]*\b(id|name)="(?<id>[^"]+)"[^>]*>""", RegexOptions.ExplicitCapture)]
    private static partial Regex ElementId();

    [GeneratedRegex("""\[(?<text>[^\[\]]*)\]\([^()]*\)""", RegexOptions.ExplicitCapture)]
    private static partial Regex LinkText();
}
