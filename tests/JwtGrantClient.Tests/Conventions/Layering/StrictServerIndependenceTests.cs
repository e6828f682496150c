using System.Reflection;
using JwtGrantClient.Tests.Conventions.Projects;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>The strict server shares no code with what it judges: neither the library nor the JWT package under it.</summary>
public sealed class StrictServerIndependenceTests
{
    private const string Judge = "JwtGrantClient.Testing";
    private const string Remedy = "The judge writes its own reading of the RFCs: take the reference out and hand-parse.";

    [Fact]
    public void The_project_of_the_judge_references_neither_the_library_nor_its_jwt_package()
    {
        var project = ProjectFile.Parse(SourceTree.Read($"src/{Judge}/{Judge}.csproj"));

        Findings.AssertNone(project.Projects.Concat(project.Packages.Select(package => package.Name)).Where(IsJudged), Remedy);
    }

    [Fact]
    public void The_assembly_of_the_judge_references_neither_the_library_nor_its_jwt_package()
    {
        var judge = SrcAssemblies.All.Single(assembly => assembly.GetName().Name == Judge);

        Findings.AssertNone(References(judge).Where(IsJudged), Remedy);
    }

    [Fact]
    public void A_judge_that_references_what_it_judges_is_told()
    {
        var project = ProjectFile.Parse("""
            <Project><ItemGroup>
              <ProjectReference Include="..\JwtGrantClient\JwtGrantClient.csproj" /><PackageReference Include="Polly.Core" />
            </ItemGroup></Project>
            """);
        var assembly = Roslyn.Load("class A { object b = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler(); }");

        Assert.Equal(["JwtGrantClient"], project.Projects.Where(IsJudged));
        Assert.Contains("Microsoft.IdentityModel.JsonWebTokens", References(assembly).Where(IsJudged));
    }

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

    private static bool IsJudged(string name) =>
        name is "JwtGrantClient" or "JwtGrantClient.Saml" || name.StartsWith("Microsoft.IdentityModel", StringComparison.Ordinal);
}
