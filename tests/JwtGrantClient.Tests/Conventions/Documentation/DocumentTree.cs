namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>The files that a link can lead to: those of the repository, or those of a test. Paths start at the root and use '/'.</summary>
internal sealed class DocumentTree(Func<string, string?> read, Predicate<string> hasFolder)
{
    /// <summary>The repository.</summary>
    public static DocumentTree Repository { get; } = new(
        path => SourceTree.Exists(path) ? SourceTree.Read(path) : null,
        path => Directory.Exists(Path.Combine(SourceTree.Root, path)));

    /// <summary>The Markdown documents of the repository, those of hidden folders included.</summary>
    public static IReadOnlyList<string> Documents { get; } = [.. SourceTree.FindFiles(".", ".md"), .. SourceTree.FindFiles(".github", ".md")];

    /// <summary>Creates a tree of the given files.</summary>
    public static DocumentTree Create(params (string Path, string Text)[] files) => new(
        path => files.Where(file => file.Path == path).Select(file => file.Text).FirstOrDefault(),
        path => path.Length == 0 || files.Any(file => file.Path.StartsWith($"{path}/", StringComparison.Ordinal)));

    public bool HasFile(string path) => read(path) is not null;

    public bool HasFolder(string path) => hasFolder(path);

    /// <summary>Returns the text of a file; null if there is none.</summary>
    public string? Read(string path) => read(path);
}
