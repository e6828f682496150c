using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Projects;

/// <summary>The assemblies declare that they support trimming and native compilation; tests/JwtGrantClient.AotCheck verifies it.</summary>
public sealed class NativeTests
{
    // SignedXml creates its algorithms by reflection.
    private static readonly string[] Exempt = ["JwtGrantClient.Saml"];

    [Theory]
    [InlineData("IsTrimmable"), InlineData("IsAotCompatible")]
    public void Every_library_except_Saml_supports_native_compilation(string metadata) => Findings.AssertNone(
        SrcAssemblies.All
            .Where(assembly => !Exempt.Contains(assembly.GetName().Name) && !Declares(assembly, metadata))
            .Select(assembly => assembly.GetName().Name!),
        $"Set IsAotCompatible, which implies {metadata}, and fix what the analyzers report.");

    private static bool Declares(Assembly assembly, string metadata) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(attribute => attribute.Key == metadata && attribute.Value == "True");
}
