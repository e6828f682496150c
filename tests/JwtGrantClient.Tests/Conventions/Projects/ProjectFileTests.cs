namespace JwtGrantClient.Tests.Conventions.Projects;

public sealed class ProjectFileTests
{
    private static readonly ProjectFile Library = ProjectFile.Parse(SourceTree.Read("src/JwtGrantClient/JwtGrantClient.csproj"));
    private static readonly ProjectFile SharedBySrc = ProjectFile.Parse(SourceTree.Read("src/Directory.Build.props"));

    [Fact]
    public void The_library_depends_on_exactly_three_packages()
    {
        Assert.Equal(
            ["Microsoft.Extensions.Http", "Microsoft.IdentityModel.JsonWebTokens", "Polly.Core"],
            Library.Dependencies.Concat(SharedBySrc.Dependencies));
        Assert.Empty(Library.Projects);
        Assert.Empty(Library.Frameworks);
    }

    [Fact]
    public void A_package_reference_without_PrivateAssets_all_is_a_dependency()
    {
        var project = ProjectFile.Parse("""
            <Project><ItemGroup>
              <PackageReference Include="Analyzer" PrivateAssets="all" />
              <PackageReference Include="Generator"><PrivateAssets>All</PrivateAssets></PackageReference>
              <PackageReference Include="Shipped" PrivateAssets="compile" />
            </ItemGroup></Project>
            """);

        Assert.Equal(["Shipped"], project.Dependencies);
    }

    [Fact]
    public void The_solution_lists_every_project_and_no_missing_one()
    {
        var solution = SourceTree.Read("JwtGrantClient.sln");
        string[] projects = [.. new[] { "src", "tests", "examples" }.SelectMany(folder => SourceTree.FindFiles(folder, ".csproj"))];

        Findings.AssertNone(Solution.Missing(solution, projects), "Run `dotnet sln add` for each project.");
        Findings.AssertNone(Solution.Listed(solution).Where(path => !SourceTree.Exists(path)), "Run `dotnet sln remove` for each project.");
    }

    [Fact]
    public void A_project_that_the_solution_does_not_list_is_reported()
    {
        const string solution = """Project("{FAE04EC0}") = "A", "src\A\A.csproj", "{620F}" """;

        Assert.Equal(["src/B/B.csproj"], Solution.Missing(solution, ["src/A/A.csproj", "src/B/B.csproj"]));
    }
}
