using System.Text.RegularExpressions;

namespace JwtGrantClient.Tests.Conventions.Documentation;

/// <summary>Tests every Markdown document of the repository: its samples work, and its links and references are current.</summary>
public sealed partial class DocumentationTests
{
    private const int CodeByLine = 40, ReadmeLines = 250;

    private static readonly LinkChecks Links = new(DocumentTree.Repository, RepositoryUrl);

    private static readonly CodeReferences References = new(DocumentTree.Repository, CodeNames.Source);

    public static TheoryData<string> Documents => [.. DocumentTree.Documents];

    /// <summary>All documents except the change log, which names what was renamed since.</summary>
    public static TheoryData<string> CurrentDocuments => [.. DocumentTree.Documents.Where(path => path != "CHANGELOG.md")];

    public static TheoryData<string> Pages => [.. SourceTree.FindFiles("docs", ".md")];

    [Fact]
    public void The_README_shows_working_code_by_line_40()
    {
        var blocks = new SampleCode(Blocks("README.md")).Blocks;

        Assert.True(blocks.Count > 0, "README.md has no ```csharp block.");
        Assert.True(blocks[0].Line <= CodeByLine, $"README.md has its first ```csharp block at line {blocks[0].Line}; expected by line {CodeByLine}.");
    }

    [Fact]
    public void The_README_has_at_most_250_lines()
    {
        var lines = SourceTree.Read("README.md").AsSpan().Count('\n');

        Assert.True(lines <= ReadmeLines, $"README.md has {lines} lines; expected at most {ReadmeLines}. Move details to a page in docs/.");
    }

    [Theory]
    [MemberData(nameof(CurrentDocuments))]
    public void Every_csharp_block_compiles(string path) => Findings.AssertNone(
        new SampleCode(Blocks(path)).FindErrors(),
        "Correct the block, or give its context in a comment directly above: <!-- given: code --> or <!-- continues -->.");

    [Theory]
    [MemberData(nameof(CurrentDocuments))]
    public void Every_block_of_a_file_is_current(string path) =>
        Findings.AssertNone(FileSamples.Stale(Blocks(path), DocumentTree.Repository), "Copy the file to the block, or the block to the file.");

    [Theory]
    [MemberData(nameof(CurrentDocuments))]
    public void Every_settings_block_is_valid(string path) => Findings.AssertNone(
        SettingsSamples.Find(Blocks(path)).SelectMany(SettingsSamples.Problems),
        "Correct the settings. Name what is set in code in a comment directly above: <!-- in code: UseSigner -->.");

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_is_current(string path) =>
        Findings.AssertNone(Links.Stale(path, SourceTree.Read(path)), "Correct the link, or the heading that it leads to.");

    [Theory]
    [MemberData(nameof(CurrentDocuments))]
    public void Every_code_reference_is_current(string path) =>
        Findings.AssertNone(References.Stale(path, SourceTree.Read(path)), "Correct the reference: paths, types, members and settings as they are now.");

    [Theory]
    [MemberData(nameof(Pages))]
    public void The_index_of_docs_lists_the_page(string path)
    {
        const string Index = "docs/README.md";

        Assert.True(
            path == Index || MarkdownLinks.Find(SourceTree.Read(Index)).Any(link => Links.Resolve(Index, link.Target) == path),
            $"{Index} has no link to {path}.");
    }

    // nuget.org shows the README of a package without the repository around it.
    [Fact]
    public void The_README_of_a_package_has_absolute_links_only() => Findings.AssertNone(
        from path in SourceTree.FindFiles("src", "README.md")
        from link in MarkdownLinks.Find(SourceTree.Read(path))
        where !link.Target.StartsWith("https://", StringComparison.Ordinal)
        select $"{path}:{link.Line} {link.Target}",
        "Use the URL of the repository.");

    [Theory]
    [InlineData("""{ "JwtGrant": { "A": { "TokenEndpoint": "https://as.example.com/token", "ClientId": "a", "SigningKey": { "Path": "a.pem" } } } } // valid""", null)]
    [InlineData("""{ "JwtGrant": { }""", "Expected depth to be zero at the end of the JSON payload")]
    [InlineData("""{ "JwtGrant": { } }""", "has no client below JwtGrant.")]
    [InlineData("""{ "JwtGrant": { "A": { "Isuer": "https://as.example.com" } } }""", "JwtGrant:A:Isuer is not a setting.")]
    [InlineData("""{ "JwtGrant": { "A": { "Issuer": "https://as.example.com", "Refresh": { "ExpiryMargin": "1:00:00" } } } }""", "ClientId is missing")]
    [InlineData("""{ "Other": ... }""", null)]
    public void A_settings_block_that_a_host_refuses_is_reported(string json, string? problem)
    {
        var problems = SettingsSamples.Find(Markdown.Blocks("A.md", $"# A\n```json\n{json}\n```\n")).SelectMany(SettingsSamples.Problems).ToList();

        if (problem is null)
            Assert.Empty(problems);
        else
            Assert.StartsWith($"A.md:3 {problem}", problems[0], StringComparison.Ordinal);
    }

    private static IReadOnlyList<FencedBlock> Blocks(string path) => Markdown.Blocks(path, SourceTree.Read(path));

    private static string RepositoryUrl() =>
        ProjectUrl().Match(SourceTree.Read("src/Directory.Build.props")) is { Success: true } match
            ? match.Groups["url"].Value
            : throw new InvalidOperationException("src/Directory.Build.props has no PackageProjectUrl: it is the URL of the repository.");

    [GeneratedRegex("<PackageProjectUrl>(?<url>[^<]+)</PackageProjectUrl>")]
    private static partial Regex ProjectUrl();
}
