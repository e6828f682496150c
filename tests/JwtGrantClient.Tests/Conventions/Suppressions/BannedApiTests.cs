using System.Xml.Linq;

namespace JwtGrantClient.Tests.Conventions.Suppressions;

public sealed class BannedApiTests
{
    private static readonly BannedSymbols Banned = new(SourceTree.Read("src/BannedSymbols.txt"));

    [Theory]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTime.Today")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.Environment.TickCount")]
    [InlineData("P:System.Environment.TickCount64")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("P:System.Random.Shared")]
    public void Static_clocks_ids_and_random_numbers_are_banned(string symbol) => Assert.Contains(symbol, Banned.Ids);

    [Fact]
    public void Every_banned_symbol_exists_and_has_a_replacement()
    {
        Findings.AssertNone(Banned.FindMissing(), "The analyzer ignores an id that does not exist. Correct its spelling.");
        Findings.AssertNone(Banned.WithoutReplacement, "Add the replacement after ';'.");
    }

    [Fact]
    public void The_analyzer_for_banned_symbols_runs_in_every_project_of_src()
    {
        var props = XDocument.Parse(SourceTree.Read("src/Directory.Build.props"));

        Assert.Contains("$(MSBuildThisFileDirectory)BannedSymbols.txt", Included(props, "AdditionalFiles"));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", Included(props, "PackageReference"));
    }

    /// <summary>A cached token is checked against a monotonic clock, which takes 4 ns instead of the 24 ns of a TimeProvider. One file may use it.</summary>
    [Fact]
    public void Only_CoarseClock_uses_banned_symbols() =>
        Findings.AssertNone(
            CodeSuppressions.FilesThatDisable(SourceTree.ReadCSharp("src"), "RS0030").Except(["src/JwtGrantClient/Caching/CoarseClock.cs"]),
            "Take the clock, the random source or the id generator through the constructor.");

    [Theory]
    [InlineData("#pragma warning disable RS0030 // reason")]
    [InlineData("#pragma warning disable CA1031, RS0030")]
    [InlineData("#pragma warning disable")]
    [InlineData("[SuppressMessage(\"ApiDesign\", \"RS0030\")] class A;")]
    public void A_file_that_disables_RS0030_is_reported(string code)
    {
        SourceFile[] files = [new("src/A.cs", code), new("src/B.cs", "#pragma warning disable CA1031")];

        Assert.Equal(["src/A.cs"], CodeSuppressions.FilesThatDisable(files, "RS0030"));
    }

    [Fact]
    public void A_misspelled_banned_symbol_and_one_without_a_replacement_are_reported()
    {
        var list = new BannedSymbols("P:System.DateTime.Noww;Use another\nP:System.DateTime.Now\n");

        Assert.Equal(["P:System.DateTime.Noww"], list.FindMissing());
        Assert.Equal(["P:System.DateTime.Now"], list.WithoutReplacement);
    }

    private static IEnumerable<string?> Included(XDocument props, string kind) =>
        props.Descendants(kind).Select(item => item.Attribute("Include")?.Value);
}
