using System.Text.Json;

namespace JwtGrantClient.Tests.Conventions.Projects;

public sealed class ProjectFileTests
{
    private static readonly ProjectFile Library = ProjectFile.Parse(SourceTree.Read("src/JwtGrantClient/JwtGrantClient.csproj"));
    private static readonly ProjectFile SharedBySrc = ProjectFile.Parse(SourceTree.Read("src/Directory.Build.props"));

    [Fact]
    public void The_library_depends_on_three_packages_and_on_nothing_else()
    {
        Assert.Equal(
            ["Microsoft.Extensions.Http", "Microsoft.IdentityModel.JsonWebTokens", "Polly.Core"],
            Library.Dependencies.Concat(SharedBySrc.Dependencies));
        Assert.Empty(Library.Projects);
        Assert.Empty(Library.Frameworks);
    }

    [Fact]
    public void The_analyzers_stay_with_the_build() =>
        Assert.Equal(
            ["Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.CodeAnalysis.PublicApiAnalyzers"],
            SharedBySrc.Packages.Where(package => package.BuildOnly).Select(package => package.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_package_without_private_assets_counts_as_a_dependency()
    {
        var project = ProjectFile.Parse("""
            <Project><ItemGroup>
              <PackageReference Include="Kept" PrivateAssets="all" />
              <PackageReference Include="AlsoKept"><PrivateAssets>All</PrivateAssets></PackageReference>
              <PackageReference Include="Shipped" PrivateAssets="compile" />
            </ItemGroup></Project>
            """);

        Assert.Equal(["Shipped"], project.Dependencies);
    }

    [Fact]
    public void Any_feature_band_of_the_net_10_sdk_builds_the_repository()
    {
        using var document = JsonDocument.Parse(SourceTree.Read("global.json"));
        var sdk = document.RootElement.GetProperty("sdk");

        Assert.Equal("10.0.100", sdk.GetProperty("version").GetString());
        Assert.Equal("latestFeature", sdk.GetProperty("rollForward").GetString());
        Assert.Equal("Microsoft.Testing.Platform", document.RootElement.GetProperty("test").GetProperty("runner").GetString());
    }

    [Fact]
    public void The_classic_solution_lists_every_project_and_no_project_that_is_gone()
    {
        var solution = SourceTree.Read("JwtGrantClient.sln");
        string[] projects = [.. new[] { "src", "tests", "examples" }.SelectMany(folder => SourceTree.Files(folder, ".csproj"))];

        Findings.AssertNone(Solution.Missing(solution, projects), "Run `dotnet sln add` for each project.");
        Findings.AssertNone(Solution.Listed(solution).Where(path => !SourceTree.Has(path)), "Run `dotnet sln remove` for each project.");
    }

    [Fact]
    public void A_project_that_the_solution_forgot_is_told()
    {
        const string solution = """Project("{FAE04EC0}") = "A", "src\A\A.csproj", "{620F}" """;

        Assert.Equal(["src/B/B.csproj"], Solution.Missing(solution, ["src/A/A.csproj", "src/B/B.csproj"]));
    }
}
