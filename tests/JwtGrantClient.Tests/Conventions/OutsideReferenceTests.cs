using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions;

/// <summary>Comments and documents refer to RFCs, drafts and files of this repository, not to documents that a reader does not have.</summary>
public sealed partial class OutsideReferenceTests
{
    [Fact]
    public void Code_and_documentation_do_not_refer_to_documents_outside_of_the_repository() => Findings.AssertNone(
        Files().SelectMany(path => Find(path, SourceTree.Read(path))), "Cite an RFC clause or a heading of docs/ instead.");

    [Theory]
    [InlineData("// See NOTES.md, promise 3.", "src/A.cs:1 'promise 3'")]
    [InlineData("// Plain.\n// The rule is in REFRESH.md.", "src/A.cs:2 'REFRESH'")]
    public void A_reference_is_reported_with_its_line(string text, string finding) => Assert.Equal([finding], Find("src/A.cs", text));

    private static IEnumerable<string> Find(string path, string text) =>
        from match in Reference().Matches(text)
        let line = text.AsSpan(0, match.Index).Count('\n') + 1
        select $"{path}:{line} '{match.Value}'";

    private static IEnumerable<string> Files() => new[] { "src", "tests", "examples", "docs", ".github" }
        .SelectMany(folder => SourceTree.FindFiles(folder, ".cs").Concat(SourceTree.FindFiles(folder, ".md")))
        .Append("README.md")
        .Where(path => !path.EndsWith($"/{nameof(OutsideReferenceTests)}.cs", StringComparison.Ordinal));

    [GeneratedRegex(@"\b(REFRESH|BEHAVIOURS|STANDARDS|PROVIDERS)\b|\b[Pp]romise [0-9]+\b")]
    private static partial Regex Reference();
}
