using System.Text.Json;

namespace JwtGrantClient.Tests.Conventions.Readme;

public sealed class ReadmeTests
{
    private const int CodeByLine = 40;

    private static readonly JsonDocumentOptions AppSettings = new() { CommentHandling = JsonCommentHandling.Skip };

    public static TheoryData<string> Documents => [.. SourceTree.Files(".", ".md").Where(path => path != "CHANGELOG.md")];

    [Fact]
    public void The_README_shows_working_code_by_line_40()
    {
        var blocks = new ReadmeCode(Blocks("README.md")).Blocks;

        Assert.True(blocks.Count > 0, "README.md has no ```csharp block.");
        Assert.True(
            blocks[0].Line <= CodeByLine,
            $"README.md has its first ```csharp block at line {blocks[0].Line}, due by {CodeByLine}.");
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_csharp_block_compiles(string path) =>
        Findings.AssertNone(
            new ReadmeCode(Blocks(path)).Errors(),
            "Correct the block, or give it its context in a comment directly above: <!-- given: code --> or <!-- continues -->.");

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_settings_block_is_json(string path) =>
        Findings.AssertNone(BrokenSettings(Blocks(path)), "Correct the JSON; // comments are allowed, as in appsettings.json.");

    [Fact]
    public void A_settings_block_that_is_no_json_is_told()
    {
        const string markdown = """
            ```json
            { "JwtGrant": { } } // fine
            ```
            ```json
            { "JwtGrant": { }
            ```
            ```json
            { "Other": ... }
            ```
            """;

        Assert.StartsWith("A.md:5 ", Assert.Single(BrokenSettings(Markdown.Blocks("A.md", markdown))), StringComparison.Ordinal);
    }

    private static IReadOnlyList<FencedBlock> Blocks(string path) => Markdown.Blocks(path, SourceTree.Read(path));

    private static IEnumerable<string> BrokenSettings(IEnumerable<FencedBlock> blocks)
    {
        foreach (var block in blocks.Where(block => block.Language is "json" && block.Text.Contains("JwtGrant", StringComparison.Ordinal)))
        {
            if (ErrorIn(block.Text) is { } error)
            {
                yield return $"{block.Path}:{block.Line} {error}";
            }
        }
    }

    private static string? ErrorIn(string json)
    {
        try
        {
            JsonDocument.Parse(json, AppSettings).Dispose();
            return null;
        }
        catch (JsonException error)
        {
            return error.Message;
        }
    }
}
