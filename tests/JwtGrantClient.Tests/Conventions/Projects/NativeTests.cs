using System.Reflection;

namespace JwtGrantClient.Tests.Conventions.Projects;

/// <summary>What the build promised to trimmers and to the native compiler stands in the assemblies; tests/JwtGrantClient.AotCheck holds it to the promise.</summary>
public sealed class NativeTests
{
    // SignedXml finds its algorithms by reflection.
    private static readonly string[] Exempt = ["JwtGrantClient.Saml"];

    [Theory]
    [InlineData("IsTrimmable"), InlineData("IsAotCompatible")]
    public void Every_library_that_is_not_exempt_by_name_is_fit_for_a_native_program(string promise) => Findings.AssertNone(
        SrcAssemblies.All
            .Where(assembly => !Exempt.Contains(assembly.GetName().Name) && !Promises(assembly, promise))
            .Select(assembly => assembly.GetName().Name!),
        $"Set IsAotCompatible, from which {promise} follows, and mend what the analyzers then say.");

    private static bool Promises(Assembly assembly, string promise) =>
        assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Any(metadata => metadata.Key == promise && metadata.Value == "True");
}
