namespace JwtGrantClient.Tests.Conventions.Prose;

/// <summary>Code, tests, examples and documentation use the words of the RFCs and of .NET.</summary>
public sealed class ProseTests
{
    // The list itself. CHANGELOG.md is not searched either, because it quotes old texts.
    private const string List = "tests/JwtGrantClient.Tests/Conventions/Prose/OldWords.cs";

    [Fact]
    public void Code_and_documentation_contain_no_old_words() =>
        Findings.AssertNone(
            Files().SelectMany(path => ProseCheck.Find(path, SourceTree.Read(path), OldWords.All)),
            "Rewrite the sentence or the name in plain words. The suggestions are those of OldWords.cs.");

    [Fact]
    public void An_old_word_is_reported_with_its_file_line_and_replacement()
    {
        const string text = "// Plain.\n// Betwixt the lines, betwixt.\nvoid It_is_signed_betwixt() { }\n";

        Assert.Equal(
            ["src/A.cs:2 'Betwixt': write between", "src/A.cs:2 'betwixt': write between", "src/A.cs:3 'betwixt': write between"],
            ProseCheck.Find("src/A.cs", text, [new("betwixt", "between")]));
    }

    [Theory]
    [InlineData("// That which was signed", "src/A.cs:1 'That which': write what")]
    [InlineData("void Sends_that_which_was_signed() { }", "src/A.cs:1 'that_which': write what")]
    public void An_old_phrase_is_reported_with_spaces_and_with_underscores(string text, string finding) =>
        Assert.Equal([finding], ProseCheck.Find("src/A.cs", text, [new("that which", "what")]));

    [Theory]
    [InlineData("// Once upon a timetable")]
    [InlineData("var coupon = 1; // groupon")]
    public void A_part_of_another_word_is_allowed(string text) =>
        Assert.Empty(ProseCheck.Find("src/A.cs", text, [new("coup|time|group|once upon a time", "something else")]));

    private static IEnumerable<string> Files() =>
        new[] { "src", "tests", "examples", "docs", ".github" }
            .SelectMany(folder => SourceTree.Files(folder, ".cs").Concat(SourceTree.Files(folder, ".md")))
            .Append("README.md")
            .Where(path => path != List);
}
