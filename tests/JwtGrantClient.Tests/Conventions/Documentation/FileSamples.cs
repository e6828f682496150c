namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>
/// Blocks that show a file, which is compiled and run with its project. The file stands in a comment directly above: <c>&lt;!-- file: path --&gt;</c>.
/// The block has the text of the file without the line of its namespace.
/// </summary>
internal static class FileSamples
{
    private const string Instruction = "file:", Namespace = "namespace ";

    /// <summary>Returns the file that a block shows; null if it shows none.</summary>
    public static string? FileOf(FencedBlock block) =>
        block.Above?.Text.Trim() is { } text && text.StartsWith(Instruction, StringComparison.Ordinal) ? text[Instruction.Length..].Trim() : null;

    /// <summary>Returns a finding for each block that differs from its file.</summary>
    public static IEnumerable<string> Stale(IEnumerable<FencedBlock> blocks, DocumentTree tree) =>
        from block in blocks
        let file = FileOf(block)
        where file is not null
        let text = tree.Read(file)
        let problem = text is null ? "does not exist" : Shown(text) != block.Text.TrimEnd() ? "differs from the block" : null
        where problem is not null
        select $"{block.Path}:{block.Line} {file} {problem}";

    private static string Shown(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').ToList();
        // With the empty line behind it.
        if (lines.FindIndex(line => line.StartsWith(Namespace, StringComparison.Ordinal)) is var at and >= 0)
            lines.RemoveRange(at, 2);
        return string.Join('\n', lines).TrimEnd();
    }
}
