namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests that a block is compared with the file that it shows.</summary>
public sealed class FileSamplesTests
{
    private const string File = "using A;\n\nnamespace B;\n\nclass C;\n";

    [Theory]
    [InlineData("tests/C.cs", "using A;\n\nclass C;", null)]
    [InlineData("tests/C.cs", "using A;\n\nclass D;", "A.md:3 tests/C.cs differs from the block")]
    [InlineData("tests/D.cs", "class C;", "A.md:3 tests/D.cs does not exist")]
    public void A_block_that_differs_from_its_file_is_reported(string file, string code, string? finding)
    {
        var blocks = Markdown.Blocks("A.md", $"<!-- file: {file} -->\n```csharp\n{code}\n```\n");

        Assert.Equal(finding is null ? [] : [finding], FileSamples.Stale(blocks, DocumentTree.Create(("tests/C.cs", File))));
    }

    [Fact]
    public void A_block_that_shows_a_file_is_compiled_with_its_project_only() =>
        Assert.Empty(new SampleCode(Markdown.Blocks("A.md", "<!-- file: tests/C.cs -->\n```csharp\nnonsense\n```\n")).Blocks);
}
