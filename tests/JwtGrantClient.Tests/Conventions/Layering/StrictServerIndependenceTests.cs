using System.Reflection;
using JwtGrantClient.Tests.Conventions.Projects;

namespace JwtGrantClient.Tests.Conventions.Layering;

/// <summary>The strict server shares no code with the client: neither the library nor its JWT package. A defect of the client cannot hide in both.</summary>
public sealed class StrictServerIndependenceTests
{
    private const string StrictServer = "JwtGrantClient.Testing";
    private const string Fix = "Remove the reference. The strict server implements the RFCs independently of the client.";

    [Fact]
    public void The_project_of_the_strict_server_references_neither_the_library_nor_its_JWT_package()
    {
        var project = ProjectFile.Parse(SourceTree.Read($"src/{StrictServer}/{StrictServer}.csproj"));

        Findings.AssertNone(project.Projects.Concat(project.Packages.Select(package => package.Name)).Where(IsClientCode), Fix);
    }

    [Fact]
    public void The_assembly_of_the_strict_server_references_neither_the_library_nor_its_JWT_package()
    {
        var server = SrcAssemblies.All.Single(assembly => assembly.GetName().Name == StrictServer);

        Findings.AssertNone(References(server).Where(IsClientCode), Fix);
    }

    [Fact]
    public void A_strict_server_that_references_client_code_is_reported()
    {
        var project = ProjectFile.Parse("""
            <Project><ItemGroup>
              <ProjectReference Include="..\JwtGrantClient\JwtGrantClient.csproj" /><PackageReference Include="Polly.Core" />
            </ItemGroup></Project>
            """);
        var assembly = Roslyn.Load("class A { object b = new Microsoft.IdentityModel.JsonWebTokens.JsonWebTokenHandler(); }");

        Assert.Equal(["JwtGrantClient"], project.Projects.Where(IsClientCode));
        Assert.Contains("Microsoft.IdentityModel.JsonWebTokens", References(assembly).Where(IsClientCode));
    }

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

    private static bool IsClientCode(string name) =>
        name is "JwtGrantClient" or "JwtGrantClient.Saml" || name.StartsWith("Microsoft.IdentityModel", StringComparison.Ordinal);
}
