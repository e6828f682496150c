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
    public void Static_clocks_ids_and_randomness_are_banned(string symbol) => Assert.Contains(symbol, Banned.Ids);

    [Fact]
    public void Every_ban_names_something_that_exists_and_what_to_use_instead()
    {
        Findings.AssertNone(Banned.ThatNameNothing(), "The analyzer ignores an id that names nothing: correct its spelling.");
        Findings.AssertNone(Banned.WithoutRemedy, "Say after ';' what to use instead.");
    }

    [Fact]
    public void The_analyzer_reads_the_list_in_every_project_of_src()
    {
        var props = XDocument.Parse(SourceTree.Read("src/Directory.Build.props"));

        Assert.Contains("$(MSBuildThisFileDirectory)BannedSymbols.txt", Included(props, "AdditionalFiles"));
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", Included(props, "PackageReference"));
    }

    /// <summary>The hot path reads a monotonic clock for 4 ns where a TimeProvider costs 24 ns; one file may, behind a seam.</summary>
    [Fact]
    public void Only_the_cheap_clock_may_use_what_is_banned() =>
        Findings.AssertNone(
            CodeSuppressions.FilesThatDisable(SourceTree.CSharp("src"), "RS0030").Except(["src/JwtGrantClient/Caching/CoarseClock.cs"]),
            "Take the clock, the random source or the id generator through the constructor.");

    [Theory]
    [InlineData("#pragma warning disable RS0030 // reason")]
    [InlineData("#pragma warning disable CA1031, RS0030")]
    [InlineData("#pragma warning disable")]
    [InlineData("[SuppressMessage(\"ApiDesign\", \"RS0030\")] class A;")]
    public void A_file_that_lifts_the_ban_is_told(string code)
    {
        SourceFile[] files = [new("src/A.cs", code), new("src/B.cs", "#pragma warning disable CA1031")];

        Assert.Equal(["src/A.cs"], CodeSuppressions.FilesThatDisable(files, "RS0030"));
    }

    [Fact]
    public void A_misspelt_ban_and_a_ban_without_a_remedy_are_told()
    {
        var list = new BannedSymbols("P:System.DateTime.Noww;Use another\nP:System.DateTime.Now\n");

        Assert.Equal(["P:System.DateTime.Noww"], list.ThatNameNothing());
        Assert.Equal(["P:System.DateTime.Now"], list.WithoutRemedy);
    }

    private static IEnumerable<string?> Included(XDocument props, string kind) =>
        props.Descendants(kind).Select(item => item.Attribute("Include")?.Value);
}
