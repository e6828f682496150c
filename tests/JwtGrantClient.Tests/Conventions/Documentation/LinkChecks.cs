using System.Globalization;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>
/// Finds stale links: relative links, and absolute links to the repository, whose file, folder or anchor does not exist. Links to other sites are
/// not checked, because a test does not use the network.
/// </summary>
/// <param name="tree">What links can lead to.</param>
/// <param name="repositoryUrl">Returns the URL of the repository; called only for an absolute link.</param>
internal sealed class LinkChecks(DocumentTree tree, Func<string> repositoryUrl)
{
    private const string Branch = "main";

    /// <summary>Returns a finding for each stale link of a document.</summary>
    public IEnumerable<string> Stale(string path, string markdown) =>
        from link in MarkdownLinks.Find(markdown)
        let problem = Problem(path, link.Target)
        where problem is not null
        select $"{path}:{link.Line} {link.Target}: {problem}";

    /// <summary>Returns the file or folder that a link leads to, without its anchor; null for another site or a place outside of the repository.</summary>
    public string? Resolve(string document, string target)
    {
        var address = target.Split('#')[0];
        if (address.Length == 0)
            return target.Length > 0 ? document : null;
        if (IsAbsolute(address))
            return InRepository(address);
        var folder = address.StartsWith('/') ? "" : document[..(document.LastIndexOf('/') + 1)];
        return Normalized(folder + Uri.UnescapeDataString(address).TrimStart('/'));
    }

    private string? Problem(string document, string target)
    {
        if (Resolve(document, target) is not { } path)
            return IsAbsolute(target) ? null : "the link leads out of the repository";
        var anchor = target.Split('#') is [_, var after] ? Uri.UnescapeDataString(after) : "";
        if (path == document)
            return AnchorProblem(path, anchor);
        if (tree.HasFile(path))
            return AnchorProblem(path, anchor);
        if (!tree.HasFolder(path))
            return $"there is no '{path}'";
        return AnchorProblem(path.Length == 0 ? "README.md" : $"{path}/README.md", anchor);
    }

    // GitHub shows a folder's README with the folder, and names the README of the repository with #readme.
    private string? AnchorProblem(string path, string anchor)
    {
        if (anchor.Length == 0 || (anchor == "readme" && path.EndsWith("README.md", StringComparison.Ordinal)))
            return null;
        if (tree.Read(path) is not { } text)
            return $"'{path}' does not exist, so it has no anchor '{anchor}'";
        if (path.EndsWith(".md", StringComparison.Ordinal))
            return MarkdownLinks.Anchors(text).Contains(anchor) ? null : $"'{path}' has no heading '{anchor}'";
        return HasLine(text, anchor) ? null : $"'{path}' has no line '{anchor}'";
    }

    private static bool HasLine(string text, string anchor) => Array.TrueForAll(
        anchor.Split('-'),
        part => part.StartsWith('L')
            && int.TryParse(part.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            && line >= 1 && line <= text.AsSpan().Count('\n') + 1);

    private static bool IsAbsolute(string address) =>
        address.Contains("://", StringComparison.Ordinal) || address.StartsWith("mailto:", StringComparison.Ordinal);

    // Only files and folders are checked: issues, releases and the like are not in the repository.
    private string? InRepository(string address)
    {
        if (!address.StartsWith("https://github.com/", StringComparison.Ordinal))
            return null;
        var repository = repositoryUrl();
        if (address == repository)
            return "";
        foreach (var kind in new[] { "blob", "tree", "raw" })
            if (address.StartsWith($"{repository}/{kind}/", StringComparison.Ordinal))
            {
                var (branch, path) = address[(repository.Length + kind.Length + 2)..].Split('/', 2) is [var name, var rest] ? (name, rest) : ("", "");
                return branch == Branch ? Normalized(Uri.UnescapeDataString(path)) : $"{kind}/{branch}/{path}";
            }
        return null;
    }

    private static string? Normalized(string path)
    {
        var segments = new List<string>();
        foreach (var segment in path.Split('/'))
        {
            if (segment is "" or ".")
                continue;
            if (segment is not "..")
                segments.Add(segment);
            else if (segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
            else
                return null;
        }
        return string.Join('/', segments);
    }
}
